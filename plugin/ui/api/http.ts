import * as z from 'zod/mini';
import { InkpotError, Problem } from '../../../shared/errors.ts';
import { readImageHeader } from '../pixels/read-image-header.ts';
import { BrokerFault } from './broker-fault.ts';

/** How long an answer may take, in ms, before the broker counts as unreachable. */
const PATIENCE = 20_000;

/** Pictures and videos may be large and lines slow. In ms. */
const TRANSFER_PATIENCE = 120_000;

/** Gives a working access token, and a newer one when the broker has refused it. */
export interface TokenSource {
  /** @throws InkpotError `unauthenticated` when nobody is signed in any more; BrokerFault. */
  access(): Promise<string>;
  /** A token other than `refused`. */
  renew(refused: string): Promise<string>;
}

export interface HttpOptions {
  /** Where the broker is, without a slash at its end. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly tokens: TokenSource;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  /** A picture as the body, in place of JSON. */
  readonly picture?: Uint8Array<ArrayBuffer>;
  readonly idempotencyKey?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  /** How long the whole answer may take, in ms; null for as long as it likes. */
  readonly patience?: number | null;
}

/** The broker's API over fetch: signed in, parsed, and with its refusals as InkpotError. */
export function createHttp({ baseUrl, fetch, tokens }: HttpOptions) {
  /**
   * Asks once, and once more with a new token when the first was refused.
   * @throws InkpotError what the broker refuses; BrokerFault what could not be asked or understood.
   */
  async function send(path: string, call: Call = {}): Promise<Response> {
    const token = await tokens.access();
    const response = await attempt(path, call, token);
    if (response.status !== 401) return requireOk(response);
    return requireOk(await attempt(path, call, await tokens.renew(token)));
  }

  async function attempt(path: string, call: Call, token: string): Promise<Response> {
    const { method = 'GET', body, picture, idempotencyKey, accept = 'application/json' } = call;
    const { patience = picture ? TRANSFER_PATIENCE : PATIENCE } = call;
    const headers: Record<string, string> = { Authorization: `Bearer ${token}`, Accept: accept };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    if (picture) headers['Content-Type'] = `image/${readImageHeader(picture)?.format ?? 'webp'}`;
    if (idempotencyKey !== undefined) headers['Idempotency-Key'] = idempotencyKey;
    const signals = [call.signal, patience === null ? undefined : AbortSignal.timeout(patience)];
    try {
      return await fetch(baseUrl + path, {
        method,
        headers,
        body: picture ?? (body === undefined ? undefined : JSON.stringify(body)),
        signal: AbortSignal.any(signals.filter((signal) => signal !== undefined)),
      });
    } catch (cause) {
      if (call.signal?.aborted) throw call.signal.reason;
      throw new BrokerFault('unreachable', cause);
    }
  }

  return {
    send,
    /** Asks, and parses the answer. */
    async json<Schema extends z.ZodMiniType>(schema: Schema, path: string, call?: Call): Promise<z.infer<Schema>> {
      const response = await send(path, call);
      const parsed = z.safeParse(schema, await readJson(response));
      if (!parsed.success) throw new BrokerFault('unintelligible', parsed.error);
      return parsed.data;
    },
    /** Asks for the bytes of a picture or a video. */
    async bytes(path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
      const response = await send(path, { accept: 'image/*, video/*', patience: TRANSFER_PATIENCE, signal });
      try {
        return new Uint8Array(await response.arrayBuffer());
      } catch (cause) {
        throw new BrokerFault('unreachable', cause);
      }
    },
  };
}
export type Http = ReturnType<typeof createHttp>;

async function requireOk(response: Response): Promise<Response> {
  if (response.ok) return response;
  const parsed = z.safeParse(Problem, await readJson(response).catch(() => null));
  // A proxy's page about a broker that is down is no problem document: the broker itself was not reached.
  if (!parsed.success) throw new BrokerFault(response.status >= 500 ? 'unreachable' : 'unintelligible');
  const { code, detail, retryAfter, faults } = parsed.data;
  throw new InkpotError(code, { detail, retryAfterSeconds: retryAfter, faults });
}

async function readJson(response: Response): Promise<unknown> {
  let text: string;
  try {
    text = await response.text();
  } catch (cause) {
    throw new BrokerFault('unreachable', cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BrokerFault('unintelligible', cause);
  }
}
