import * as z from 'zod/mini';
import { BrokerFault } from '../api/broker-fault.ts';
import { CLIENT_ID, Metadata } from './metadata.ts';

/** In ms. */
const PATIENCE = 20_000;

/** A successful token answer (RFC 6749 §5.1). */
export const TokenAnswer = z.object({
  access_token: z.string(),
  /** Seconds. */
  expires_in: z.number(),
  /** Missing when the old one stays good (RFC 6749 §6). */
  refresh_token: z.optional(z.string()),
});
export type TokenAnswer = z.infer<typeof TokenAnswer>;

const OAuthError = z.object({ error: z.string() });

/** The authorization server said no (RFC 6749 §5.2, RFC 8628 §3.5); `code` is its `error`. */
export class OAuthRefusal extends Error {
  override readonly name = 'OAuthRefusal';
  readonly code: string;

  constructor(code: string) {
    super(`the authorization server refused: ${code}`);
    this.code = code;
  }
}

export interface OAuthOptions {
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
}

/** The broker's authorization server, as a public client without a secret sees it. */
export function createOAuthClient({ baseUrl, fetch }: OAuthOptions) {
  let metadata: Metadata | undefined;

  async function discover(): Promise<Metadata> {
    metadata ??= await read(Metadata, await ask(`${baseUrl}/oauth/.well-known/openid-configuration`));
    return metadata;
  }

  /** @throws OAuthRefusal; BrokerFault. */
  async function post(url: string, fields: Record<string, string>, signal?: AbortSignal): Promise<Response> {
    const body = new URLSearchParams({ client_id: CLIENT_ID, ...fields });
    return ask(url, { method: 'POST', body, signal });
  }

  async function ask(url: string, init: RequestInit = {}): Promise<Response> {
    let response: Response;
    try {
      const timeout = AbortSignal.timeout(PATIENCE);
      response = await fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout });
    } catch (cause) {
      if (init.signal?.aborted) throw init.signal.reason;
      throw new BrokerFault('unreachable', cause);
    }
    if (response.ok) return response;
    const refusal = z.safeParse(OAuthError, await response.json().catch(() => null));
    if (refusal.success && response.status < 500) throw new OAuthRefusal(refusal.data.error);
    throw new BrokerFault('unreachable');
  }

  async function read<Schema extends z.ZodMiniType>(schema: Schema, response: Response): Promise<z.infer<Schema>> {
    const parsed = z.safeParse(schema, await response.json().catch(() => null));
    if (!parsed.success) throw new BrokerFault('unintelligible', parsed.error);
    return parsed.data;
  }

  return {
    /** Starts a device authorization (RFC 8628 §3.1), and parses its answer. */
    async authorizeDevice<Schema extends z.ZodMiniType>(
      schema: Schema,
      fields: Record<string, string>,
    ): Promise<z.infer<Schema>> {
      return read(schema, await post((await discover()).device_authorization_endpoint, fields));
    },
    /** Asks for tokens with a grant. */
    async token(fields: Record<string, string>, signal?: AbortSignal): Promise<TokenAnswer> {
      return read(TokenAnswer, await post((await discover()).token_endpoint, fields, signal));
    },
    /** Ends a sign-in (RFC 7009). */
    async revoke(refreshToken: string): Promise<void> {
      const { revocation_endpoint } = await discover();
      await post(revocation_endpoint, { token: refreshToken, token_type_hint: 'refresh_token' });
    },
  };
}
export type OAuthClient = ReturnType<typeof createOAuthClient>;
