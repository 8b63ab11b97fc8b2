import { Agent, type FormData, request } from 'undici';
import { ProviderFault } from './provider.ts';

export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The JSON of the body, or null when it is something else, such as a gateway's error page. */
  readonly body: unknown;
}

/** One HTTP exchange with a provider. */
export interface Exchange {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Sent as `multipart/form-data`, in place of JSON. */
  readonly form?: FormData;
}

/**
 * Exchanges with one provider, under the operator's key. Redirects are not followed: the key goes to one host.
 * @throws ProviderFault when no answer comes that can be read. `outcomeUnknown` is true where the request may have
 *   started a job all the same, which only a POST does.
 */
export type Call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, exchange: Exchange) => Promise<Answer>;

/** Faults before the first byte could leave (Node's and undici's error codes). */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Answers that only describe a job are a few kilobytes. */
const MAX_ANSWER = 4 * 1024 * 1024;

/**
 * @param credentials the headers that let the operator in.
 * @param options.maxAnswer bytes; providers whose answers carry the pictures need more.
 */
export function createCall(
  credentials: Readonly<Record<string, string>>,
  { maxAnswer = MAX_ANSWER }: { readonly maxAnswer?: number } = {},
): Call {
  // Without the time limits of undici's own, of 300 s: each exchange brings one.
  const options = { connect: { timeout: 10_000 }, maxResponseSize: maxAnswer, headersTimeout: 0, bodyTimeout: 0 };
  const kept = new Agent(options);
  // A connection that is closed just as a submit leaves on it would make the outcome unknown: each submit has its own.
  const fresh = new Agent({ ...options, pipelining: 0 });
  return async (method, url, { signal, timeoutMs, headers, json, form }) => {
    const isSubmit = method === 'POST';
    if (signal.aborted) {
      throw new ProviderFault('provider_error', { cause: signal.reason, outcomeUnknown: false });
    }
    try {
      const {
        statusCode,
        headers: answered,
        body,
      } = await request(url, {
        method,
        dispatcher: isSubmit ? fresh : kept,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        headers: {
          accept: 'application/json',
          ...(json !== undefined && { 'content-type': 'application/json' }),
          ...headers,
          ...credentials,
        },
        body: form ?? (json === undefined ? null : JSON.stringify(json)),
      });
      return { status: statusCode, headers: answered, body: readJson(await body.text(), statusCode) };
    } catch (cause) {
      const { name = '', code = '' } = cause as { name?: string; code?: string };
      const isTimeout = name === 'TimeoutError' || /TIMEOUT/.test(code);
      const outcomeUnknown = isSubmit && !NOT_CONNECTED.has(code);
      throw new ProviderFault(isTimeout ? 'timeout' : 'provider_error', { cause, outcomeUnknown });
    }
  };
}

function readJson(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // An error needs no body to be understood, and 204 has none; a success that cannot be read is none.
    if (status >= 300 || text === '') return null;
    throw error;
  }
}
