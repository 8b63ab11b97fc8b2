import type { LookupAddress } from 'node:dns';
import { lookup as resolve } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** `dns.lookup` with all of its addresses. */
export type Resolve = (
  hostname: string,
  options: { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Addresses that are handed out to hosts on the public IPv6 internet (RFC 4291 §2.4, IANA's registry). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an IP address belongs to the public internet: not private, loopback, link-local (cloud metadata), carrier-grade
 * NAT, multicast, reserved or a tunnel into any of these; an IPv4 address inside an IPv6 one is judged as what it is.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv6 ? parsed.match(GLOBAL_UNICAST) : true;
}

/**
 * A lookup for sockets that knows only public addresses. The socket connects to exactly the addresses that were checked,
 * so that a name which resolves differently a moment later (DNS rebinding) gains nothing. One private address among
 * public ones is enough to refuse the name.
 */
export function publicLookup(resolveAll: Resolve = resolve): LookupFunction {
  return (hostname, options, done) => {
    resolveAll(hostname, { all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return done(error ?? new Error(`${hostname} has no address`), '');
      const inside = addresses.find(({ address }) => !isPublicAddress(address));
      if (inside) return done(new Error(`${hostname} resolves to ${inside.address}, which is not public`), '');
      return options.all ? done(null, addresses) : done(null, first.address, first.family);
    });
  };
}
