import { createHash, createPublicKey, verify } from 'node:crypto';
import type { z } from 'zod';
import type { WebhookMessage } from '../provider.ts';
import type { Answer } from '../transport.ts';
import { KeySet, Signed } from './wire.ts';

/** How old a message may be, in ms (docs.fal.ai "Webhooks": "more than five minutes … reject"). */
const FRESH = 5 * 60_000;

/** How long the keys are kept at most, in ms (the same page: "do not cache longer than 24 hours"). */
const KEYS_LIFE = 24 * 60 * 60_000;

/** How soon the keys may be read again for a message that none of them signed, in ms: forgeries must not set the pace. */
const KEYS_PAUSE = 60_000;

type Keys = z.infer<typeof KeySet>['keys'];

/**
 * Verifies fal's webhooks: Ed25519 over the request, the user, the time and the body's digest, by any key of its set.
 * @param readKeys asks for the key set, without the operator's key.
 */
export function createWebhookCheck(
  readKeys: (signal: AbortSignal) => Promise<Answer>,
  clock: () => number,
): (message: WebhookMessage, signal: AbortSignal) => Promise<boolean> {
  let kept: { readonly keys: Keys; readonly at: number } | null = null;

  async function keysOlderThan(age: number, signal: AbortSignal): Promise<Keys> {
    if (!kept || clock() - kept.at >= age) {
      const { body } = await readKeys(signal);
      kept = { keys: KeySet.parse(body).keys, at: clock() };
    }
    return kept.keys;
  }

  return async ({ headers, body, receivedAt }, signal) => {
    const signed = Signed.safeParse(headers);
    if (!signed.success) return false;
    const { data } = signed;
    if (Math.abs(receivedAt - Number(data['x-fal-webhook-timestamp']) * 1_000) > FRESH) return false;
    const digest = createHash('sha256').update(body).digest('hex');
    const said = [
      data['x-fal-webhook-request-id'],
      data['x-fal-webhook-user-id'],
      data['x-fal-webhook-timestamp'],
      digest,
    ];
    const message = Buffer.from(said.join('\n'));
    const signature = Buffer.from(data['x-fal-webhook-signature'], 'hex');
    const isSignedBy = (keys: Keys) =>
      keys.some((jwk) => verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature));
    return isSignedBy(await keysOlderThan(KEYS_LIFE, signal)) || isSignedBy(await keysOlderThan(KEYS_PAUSE, signal));
  };
}
