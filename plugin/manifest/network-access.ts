import { fault, fields, isObject, list, type ManifestFault, NONE, optional, type Rule, text } from './fault.ts';

const SCHEMES = ['http:', 'https:', 'ws:', 'wss:'];
const PATTERN = /^([a-z][a-z0-9+.-]*:)\/\/([^/:?#]+)(:\d+)?(\/[^?#]*)?$/i;

/** One pattern of `allowedDomains`: a scheme, a host whose first label may be `*`, a port on localhost, a path. */
const domainPattern =
  (field: string): Rule =>
  (value, path) => {
    if (typeof value !== 'string') return fault(path, `Expected ${path} to be a string`);
    if (value === '*' || value === 'none') return NONE;
    if (!value.includes('://')) {
      return fault(path, `Invalid value for ${field}. '${value}' must include a scheme, such as https://.`);
    }
    const found = PATTERN.exec(value);
    const [, scheme = '', host = '', port] = found ?? [];
    if (found === null) return fault(path, `Invalid value for ${field}. '${value}' is not a valid domain pattern.`);
    if (!SCHEMES.includes(scheme.toLowerCase())) {
      return fault(path, `Invalid value for ${field}. '${value}' must use http, https, ws or wss.`);
    }
    if (/\*/.test(host) && !/^\*\.[^*]+$/.test(host)) {
      return fault(path, `Invalid value for ${field}. '${value}' may use * for subdomains only.`);
    }
    if (port !== undefined && !isLocalhost(value)) {
      return fault(path, `Invalid value for ${field}. '${value}' may name a port on localhost only.`);
    }
    return NONE;
  };

function isLocalhost(pattern: string): boolean {
  return /^[a-z]+:\/\/(localhost|127\.0\.0\.1)(?=[:/]|$)/i.test(pattern);
}

/** Figma's rules for `networkAccess`, §"Network access" of its manifest documentation. */
export const networkAccess: Rule = (value, path) => [
  ...fields({
    allowedDomains: list(domainPattern('allowedDomains'), 1),
    reasoning: optional(text),
    devAllowedDomains: optional(list(domainPattern('devAllowedDomains'))),
  })(value, path),
  ...together(value, path),
];

/** What holds between the fields rather than within one. */
function together(value: unknown, path: string): readonly ManifestFault[] {
  if (!isObject(value) || !Array.isArray(value.allowedDomains)) return NONE;
  const domains: readonly unknown[] = value.allowedDomains;
  const at = `${path}.allowedDomains`;
  const alone = ['*', 'none'].filter((word) => domains.includes(word) && domains.length > 1);
  const open = domains.includes('*') || domains.some((domain) => typeof domain === 'string' && isLocalhost(domain));
  return [
    ...alone.flatMap((word) => fault(at, `Invalid value for allowedDomains. '${word}' must be the only entry.`)),
    ...(open && value.reasoning === undefined
      ? fault(`${path}.reasoning`, "networkAccess needs a 'reasoning' when allowedDomains holds '*' or localhost.")
      : NONE),
  ];
}
