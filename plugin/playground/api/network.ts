import { effectiveDomains, isUrlAllowed } from '../../manifest/network-rule.ts';
import { asObject, asString } from './checks.ts';
import type { PluginContext } from './context.ts';
import type { PluginRequest, PluginResponse } from './services.ts';

/** @throws Error when the manifest does not list the host (wording: assumption `network-wording`). */
export function requireAllowed(context: PluginContext, url: string): void {
  const domains = effectiveDomains(context.manifest.networkAccess, context.mode);
  if (isUrlAllowed(url, domains)) return;
  throw new Error(
    `Refused to connect to '${url}' because it violates the plugin's networkAccess: ${domains === null ? 'none' : domains.join(' ')}`,
  );
}

/** The sandbox's `fetch`: a string, plain headers, no signal, no stream. */
export function createFetch(context: PluginContext): (url: unknown, init: unknown) => Promise<unknown> {
  return async (url, init) => {
    const request = readRequest(asString(url, 'url'), init);
    requireAllowed(context, request.url);
    return answer(await context.services.fetch(request));
  };
}

const TEXT_FIELDS = ['credentials', 'cache', 'redirect', 'referrer', 'integrity'] as const;

function readRequest(url: string, init: unknown): PluginRequest {
  if (init === undefined) return { url, method: 'GET', headers: {} };
  const { method, headers, body, signal, ...rest } = asObject(init, 'init');
  if (signal !== undefined) throw new Error('fetch does not take a signal');
  if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) {
    throw new Error('Expected "body" to have type string or Uint8Array');
  }
  const given = TEXT_FIELDS.filter((name) => rest[name] !== undefined);
  return {
    url,
    method: method === undefined ? 'GET' : asString(method, 'method'),
    headers: Object.fromEntries(
      Object.entries(headers === undefined ? {} : asObject(headers, 'headers')).map(([name, value]) => [
        name,
        asString(value, name),
      ]),
    ),
    ...(body === undefined ? {} : { body }),
    ...Object.fromEntries(given.map((name) => [name, asString(rest[name], name)])),
  };
}

function answer(response: PluginResponse): unknown {
  const { headers, body, ...facts } = response;
  const read = (): string => new TextDecoder().decode(body);
  return {
    ...facts,
    headersObject: headers,
    arrayBuffer: async () => body.slice().buffer,
    text: async () => read(),
    json: async () => JSON.parse(read()),
  };
}
