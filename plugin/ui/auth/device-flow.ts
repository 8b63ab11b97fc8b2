import { sha256 } from '@noble/hashes/sha2.js';
import * as z from 'zod/mini';
import { BrokerFault } from '../api/broker-fault.ts';
import type { Now, Wait } from '../clock.ts';
import type { OAuthClient, TokenAnswer } from './oauth-client.ts';
import { OAuthRefusal } from './oauth-client.ts';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Seconds between polls when the server names none (RFC 8628 §3.2), and what each `slow_down` adds (§3.5). */
const DEFAULT_INTERVAL = 5;

/** The longest wait between polls while the broker does not answer, in seconds. */
const LONGEST_INTERVAL = 60;

/** RFC 8628 §3.2 */
const DeviceAnswer = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  verification_uri_complete: z.optional(z.string()),
  expires_in: z.number(),
  interval: z.optional(z.number()),
});

/** A sign-in that waits for a person to confirm it in the browser. */
export interface DeviceSignIn {
  /** To be compared with the code on the confirm page. */
  readonly userCode: string;
  /** The confirm page, with the code filled in where the server offers that. */
  readonly url: string;
  /** ms since 1970 */
  readonly expiresAt: number;
  /**
   * Waits for the answer.
   * @throws OAuthRefusal `access_denied` or `expired_token`, and the signal's reason.
   */
  tokens(signal: AbortSignal): Promise<TokenAnswer>;
}

export interface DeviceFlowOptions {
  readonly oauth: Pick<OAuthClient, 'authorizeDevice' | 'token'>;
  readonly wait: Wait;
  readonly now: Now;
  /** A new secret of at least 256 bits, of the characters that RFC 7636 §4.1 allows. */
  readonly verifier: () => string;
}

/**
 * Starts a sign-in by the device grant (RFC 8628). The device code is bound to this panel as PKCE binds an authorization
 * code (RFC 7636 §4.2), so that a leaked device code is worth nothing.
 * @throws BrokerFault
 */
export async function startDeviceFlow({ oauth, wait, now, verifier }: DeviceFlowOptions): Promise<DeviceSignIn> {
  const codeVerifier = verifier();
  const answer = await oauth.authorizeDevice(DeviceAnswer, {
    scope: 'openid offline_access',
    code_challenge: base64Url(sha256(new TextEncoder().encode(codeVerifier))),
    code_challenge_method: 'S256',
  });
  const expiresAt = now() + answer.expires_in * 1000;
  const fields = { grant_type: DEVICE_GRANT, device_code: answer.device_code, code_verifier: codeVerifier };

  async function tokens(signal: AbortSignal): Promise<TokenAnswer> {
    let interval = answer.interval ?? DEFAULT_INTERVAL;
    while (now() < expiresAt) {
      await wait(interval * 1000, signal);
      try {
        return await oauth.token(fields, signal);
      } catch (error) {
        signal.throwIfAborted();
        interval = nextInterval(error, interval);
      }
    }
    throw new OAuthRefusal('expired_token');
  }

  return {
    userCode: answer.user_code,
    url: answer.verification_uri_complete ?? answer.verification_uri,
    expiresAt,
    tokens,
  };
}

/** RFC 8628 §3.5: go on, go on more slowly, or (for an unreachable server) back off; anything else ends the flow. */
function nextInterval(error: unknown, interval: number): number {
  if (error instanceof BrokerFault && error.kind === 'unreachable') return Math.min(interval * 2, LONGEST_INTERVAL);
  if (!(error instanceof OAuthRefusal)) throw error;
  if (error.code === 'authorization_pending') return interval;
  if (error.code === 'slow_down') return interval + DEFAULT_INTERVAL;
  throw error;
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
