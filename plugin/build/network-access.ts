import type { NetworkAccess } from '../manifest/manifest.ts';

/**
 * The hosts that a build may speak with. A hosted broker is named to everyone; a broker on this machine only to a
 * development import, because Figma wants a reason for localhost in `allowedDomains`.
 */
export function networkAccessFor(brokerUrl: string, committed: NetworkAccess): NetworkAccess {
  const { origin, protocol } = new URL(brokerUrl);
  const { allowedDomains, reasoning } = committed;
  if (protocol === 'https:') return { allowedDomains: [origin], reasoning };
  return { allowedDomains, reasoning, devAllowedDomains: [origin] };
}

/** Whether a manifest lets its panel speak with a broker. */
export function allowsBroker(access: NetworkAccess | undefined, brokerUrl: string): boolean {
  const { origin } = new URL(brokerUrl);
  return [...(access?.allowedDomains ?? []), ...(access?.devAllowedDomains ?? [])].includes(origin);
}
