import { Agent, request } from 'undici';

/** No answer. `wasSent` is false only when it is certain that fal has not seen the request. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly wasSent: boolean;
  readonly isTimeout: boolean;

  constructor(cause: unknown, { wasSent, isTimeout }: { wasSent: boolean; isTimeout: boolean }) {
    super(`no answer: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.wasSent = wasSent;
    this.isTimeout = isTimeout;
  }
}

export interface Answer {
  readonly status: number;
  /** The JSON of the body, or null when it is something else, such as a gateway's error page. */
  readonly body: unknown;
}

/** One HTTP exchange with fal. @throws NoAnswer */
export type Call = (
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  options: { signal: AbortSignal; timeoutMs: number; json?: unknown },
) => Promise<Answer>;

/** Faults before the first byte could leave (Node's and undici's error codes). */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Answers of the queue are a few kilobytes. */
const MAX_ANSWER = 4 * 1024 * 1024;

/** Exchanges with the operator's key. Redirects are not followed: the key goes to one host. */
export function createCall(key: string): Call {
  const options = { connect: { timeout: 10_000 }, maxResponseSize: MAX_ANSWER };
  const kept = new Agent(options);
  // A connection that fal closes just as a submit leaves on it would make the outcome unknown: each submit has its own.
  const fresh = new Agent({ ...options, pipelining: 0 });
  return async (method, url, { signal, timeoutMs, json }) => {
    if (signal.aborted) throw new NoAnswer(signal.reason, { wasSent: false, isTimeout: false });
    try {
      const { statusCode, body } = await request(url, {
        method,
        dispatcher: method === 'POST' ? fresh : kept,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        headers: {
          authorization: `Key ${key}`,
          accept: 'application/json',
          ...(json !== undefined && { 'content-type': 'application/json' }),
        },
        ...(json !== undefined && { body: JSON.stringify(json) }),
      });
      return { status: statusCode, body: readJson(await body.text(), statusCode) };
    } catch (error) {
      const { name = '', code = '' } = error as { name?: string; code?: string };
      const isTimeout = name === 'TimeoutError' || /TIMEOUT/.test(code);
      throw new NoAnswer(error, { wasSent: !NOT_CONNECTED.has(code), isTimeout });
    }
  };
}

function readJson(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // An error needs no body to be understood; a success that cannot be read is none.
    if (status >= 300) return null;
    throw error;
  }
}
