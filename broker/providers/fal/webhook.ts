import { createHash, createPublicKey, verify } from 'node:crypto';
import { FRESH, keepKeys } from '../kept-keys.ts';
import type { WebhookMessage } from '../provider.ts';
import type { Answer } from '../transport.ts';
import { KeySet, Signed } from './wire.ts';

/**
 * Verifies fal's webhooks (docs.fal.ai "Webhooks"): Ed25519 over the request, the user, the time and the body's digest,
 * by any key of its set.
 * @param readKeys asks for the key set, without the operator's key.
 */
export function createWebhookCheck(
  readKeys: (signal: AbortSignal) => Promise<Answer>,
  clock: () => number,
): (message: WebhookMessage, signal: AbortSignal) => Promise<boolean> {
  const kept = keepKeys(async (signal) => KeySet.parse((await readKeys(signal)).body).keys, clock);
  return async ({ headers, body, receivedAt }, signal) => {
    const signed = Signed.safeParse(headers);
    if (!signed.success) return false;
    const { data } = signed;
    if (Math.abs(receivedAt - Number(data['x-fal-webhook-timestamp']) * 1_000) > FRESH) return false;
    const said = [
      data['x-fal-webhook-request-id'],
      data['x-fal-webhook-user-id'],
      data['x-fal-webhook-timestamp'],
      createHash('sha256').update(body).digest('hex'),
    ];
    const message = Buffer.from(said.join('\n'));
    const signature = Buffer.from(data['x-fal-webhook-signature'], 'hex');
    return kept.verify(
      (keys) => keys.some((jwk) => verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature)),
      signal,
    );
  };
}
