import ipaddr from 'ipaddr.js';

/** The leading bits of an IPv6 address that name one customer's network: whoever has one address has all of it. */
const CUSTOMER_BITS = 64;

/**
 * Who is behind an address, as far as the address tells: an IPv4 address, or the /64 of an IPv6 one.
 * @param address `req.ip`, undefined once the client has left.
 */
export function networkOf(address: string | undefined): string {
  if (!address || !ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString().split('%')[0]}/${CUSTOMER_BITS}`).toString();
}
