import fc, { type Arbitrary } from 'fast-check';
import { brokenFor, type JsonSchema, type Known, validFor } from './arbitrary-from-schema.ts';

/** One request, as an HTTP client sends it. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly schema: JsonSchema;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}

/** As much of an OpenAPI 3.1 document as requests are made from. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface FuzzOptions {
  readonly known: Known;
  /** Tokens that are let in, and whatever else stands in `Authorization`. */
  readonly authorization: Arbitrary<string>;
}

/** Requests to every operation that a document names: half of them as it says, half with something wrong. */
export function requestsFor({ paths }: OpenApi, options: FuzzOptions): Arbitrary<FuzzRequest> {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => requestFor(path, method, operation, options)),
  );
  return fc.oneof(...operations);
}

function requestFor(path: string, method: string, operation: Operation, options: FuzzOptions): Arbitrary<FuzzRequest> {
  const { parameters = [], requestBody } = operation;
  const named = (place: string, pick: typeof parameterFor) =>
    fc.record(
      Object.fromEntries(
        parameters.filter((each) => each.in === place).map((each) => [each.name, pick(each, options.known)]),
      ),
      { requiredKeys: place === 'path' ? undefined : [] },
    );
  const schema = requestBody?.content['application/json']?.schema;
  return fc
    .record({
      method: mostly(fc.constant(method.toUpperCase()), fc.constantFrom('PUT', 'PATCH', 'HEAD', 'OPTIONS', 'DELETE')),
      path: named('path', parameterFor),
      query: named('query', parameterFor),
      header: named('header', parameterFor),
      authorization: mostly(options.authorization, fc.string({ unit: 'binary-ascii' })),
      type: mostly(
        fc.constant('application/json'),
        fc.constantFrom('text/plain', 'application/json; charset=utf-16', ''),
      ),
      body: schema ? bodyFor(schema, options.known) : fc.constant(undefined),
    })
    .map(({ header, query, ...rest }) => ({
      method: rest.method,
      path: `${fill(path, rest.path)}${search(query)}`,
      headers: {
        ...headersOf({ Authorization: rest.authorization, ...header }),
        ...(rest.body !== undefined && headersOf({ 'Content-Type': rest.type })),
      },
      body: rest.method === 'HEAD' || rest.method === 'OPTIONS' ? undefined : rest.body,
    }));
}

/** Forms, as the pages and the authorization server take them, with fields of each other and of nobody. */
export function formRequests(): Arbitrary<FuzzRequest> {
  const paths = ['/sign-in', '/sign-out', '/activate', '/checkout', '/oauth/device/auth', '/oauth/token'];
  const odd = [
    '/oauth/token/revocation',
    '/oauth/jwks',
    '/webhooks/stripe',
    '/checkout/return',
    '/dev/mail',
    '/',
    '/%',
  ];
  const names = ['client_id', 'scope', 'grant_type', 'device_code', 'refresh_token', 'token', 'user_code', 'email'];
  const own = ['code', 'return_to', 'form_token', 'decision', 'pool', 'pack', 'order', 'topup', '__proto__', 'a[b][c]'];
  const values = fc.oneof(
    fc.constantFrom(
      'inkpot-figma',
      'openid offline_access',
      'refresh_token',
      'a@example.com',
      '//evil.example',
      '123456',
    ),
    fc.constant('urn:ietf:params:oauth:grant-type:device_code'),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  return fc
    .record({
      method: mostly(fc.constantFrom('POST', 'GET'), fc.constantFrom('PUT', 'HEAD', 'DELETE')),
      path: fc.constantFrom(...paths, ...odd),
      fields: fc.array(fc.tuple(fc.constantFrom(...names, ...own), values), { maxLength: 6 }),
      cookie: fc.string({ unit: 'binary-ascii', maxLength: 40 }),
      type: mostly(
        fc.constant('application/x-www-form-urlencoded'),
        fc.constantFrom('application/json', 'multipart/form-data'),
      ),
    })
    .map(({ method, path, fields, cookie, type }) => {
      const form = fields.map(([name, value]) => `${name}=${encode(value)}`).join('&');
      const inBody = method === 'POST' || method === 'PUT';
      return {
        method,
        path: inBody ? path : `${path}?${form}`,
        headers: headersOf({ Cookie: `inkpot_session=${cookie}; inkpot_browser=${cookie}`, 'Content-Type': type }),
        body: inBody ? form : undefined,
      };
    });
}

function parameterFor({ name, schema }: Parameter, known: Known): Arbitrary<unknown> {
  return mostly(validFor(schema, known, name), fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.constant('')));
}

function bodyFor(schema: JsonSchema, known: Known): Arbitrary<string> {
  const valid = validFor(schema, known).map((value) => JSON.stringify(value));
  const broken = brokenFor(schema, known).map((value) => JSON.stringify(value) ?? '');
  const cut = fc.tuple(valid, fc.nat(200)).map(([text, length]) => text.slice(0, length));
  return fc.oneof({ weight: 5, arbitrary: valid }, { weight: 4, arbitrary: broken }, { weight: 1, arbitrary: cut });
}

/** Nine times out of ten as it should be. */
function mostly<T>(usual: Arbitrary<T>, odd: Arbitrary<T>): Arbitrary<T> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

function fill(path: string, values: Readonly<Record<string, unknown>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encode(String(values[name])));
}

function search(values: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name}=${encode(String(value))}`);
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

/** A lone surrogate has no UTF-8. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** What an HTTP client would refuse to send is for the raw bytes to try. */
function headersOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  const sendable = Object.entries(values).map(([name, value]) => [name, String(value).replace(/[^\x20-\x7e]/g, '')]);
  return Object.fromEntries(sendable);
}

/** Bytes on the wire: requests of all kinds that were damaged, and no requests at all. */
export function rawBytes(token: string): Arbitrary<Uint8Array> {
  const lines = fc.constantFrom(
    'GET /v1/models HTTP/1.1',
    'POST /v1/quotes HTTP/1.1',
    'POST /v1/generations HTTP/1.1',
    'GET /v1/pools/%00/entries?limit=%FF HTTP/1.1',
    'GET http://elsewhere.example/v1/pools HTTP/1.1',
    'OPTIONS * HTTP/1.1',
    'CONNECT 127.0.0.1:6379 HTTP/1.1',
    'GET //..//v1/../../etc/passwd HTTP/1.1',
    'GET /%E0%A4%A HTTP/1.1',
    'TRACE / HTTP/1.1',
    'POST /oauth/token HTTP/1.1',
    'POST /webhooks/stripe HTTP/1.1',
    'POST /sign-in HTTP/1.1',
    'GET /activate?user_code[]=a&user_code[]=b HTTP/1.1',
    'PRI * HTTP/2.0',
    'GET /v1/models',
    'get /v1/models HTTP/1.0',
  );
  const headers = fc.array(
    fc.constantFrom(
      'Host: 127.0.0.1',
      'Host: a\r\nHost: b',
      `Authorization: Bearer ${token}`,
      'Authorization: Bearer \x01\x7f',
      'Content-Type: application/json',
      'Content-Type: application/x-www-form-urlencoded',
      'Content-Encoding: gzip',
      'Content-Length: 2',
      'Content-Length: -1',
      'Content-Length: 99999999999999999999',
      'Content-Length: 2\r\nContent-Length: 3',
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: chunked, identity\r\nContent-Length: 4',
      'Connection: Upgrade\r\nUpgrade: websocket',
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c',
      'Expect: 100-continue',
      'Expect: everything',
      'Idempotency-Key: one',
      'Cookie: inkpot_session=%ZZ; =; ;;',
      'X-Forwarded-For: \u00ff, 1.2.3.4, ::1%zone',
      'Origin: null\r\nAccess-Control-Request-Method: POST',
      'Range: bytes=0-0,-1',
      'no colon',
      ': no name',
      `X-Large: ${'a'.repeat(17_000)}`,
    ),
    { maxLength: 6 },
  );
  const body = fc.oneof(
    fc.constantFrom('', '{}', '{"a"', '5\r\nhello\r\n0\r\n\r\n', 'ZZZ\r\n', 'ffffffffffffffff\r\nx', 'a=b&__proto__=c'),
    fc.string({ unit: 'binary', maxLength: 200 }),
  );
  const damage = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 });
  const request = fc
    .tuple(lines, headers, body, fc.constantFrom('\r\n', '\n', '\r'), damage)
    .map(([line, fields, text, ending, bytes]) => {
      const wire = Buffer.from(
        `${[line, ...fields, '', ''].join(ending === '\r\n' ? '\r\n' : ending)}${text}`,
        'latin1',
      );
      for (const [at, byte] of bytes) if (at < wire.length) wire[at] = byte;
      return Uint8Array.from(wire);
    });
  return fc.oneof({ weight: 9, arbitrary: request }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 500 }) });
}
