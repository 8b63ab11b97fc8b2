import type { NetworkAccess } from './manifest.ts';

/** The patterns that hold in a mode; null means that everything is allowed (`["*"]`, or no `networkAccess` at all). */
export function effectiveDomains(
  access: NetworkAccess | undefined,
  mode: 'development' | 'published',
): readonly string[] | null {
  if (access === undefined || access.allowedDomains.includes('*')) return null;
  const listed = access.allowedDomains.filter((domain) => domain !== 'none');
  return mode === 'development' ? [...listed, ...(access.devAllowedDomains ?? [])] : listed;
}

/** Content-Security-Policy's own matching (CSP3 §6.7.2.8), for requests that main makes, which no browser policy covers. */
export function isUrlAllowed(url: string, domains: readonly string[] | null): boolean {
  if (domains === null) return true;
  const target = URL.canParse(url) ? new URL(url) : null;
  return target !== null && (target.protocol === 'data:' || domains.some((pattern) => matches(target, pattern)));
}

function matches(target: URL, pattern: string): boolean {
  const [, scheme = '', host = '', port, path = ''] = /^([a-z]+:)\/\/([^/:]+)(?::(\d+))?(\/.*)?$/i.exec(pattern) ?? [];
  const sameScheme = target.protocol === scheme || (scheme === 'http:' && target.protocol === 'https:');
  const sameHost = host.startsWith('*.') ? target.hostname.endsWith(host.slice(1)) : target.hostname === host;
  const samePort = (port ?? '') === target.port || (port === undefined && target.port === '');
  const samePath =
    path === '' || path === '/' || (path.endsWith('/') ? target.pathname.startsWith(path) : target.pathname === path);
  return sameScheme && sameHost && samePort && samePath;
}
