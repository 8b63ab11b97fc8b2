import { createHmac, timingSafeEqual } from 'node:crypto';
import { FRESH, keepKeys } from '../kept-keys.ts';
import type { WebhookMessage } from '../provider.ts';
import type { Answer } from '../transport.ts';
import { Secret, Signed } from './wire.ts';

/**
 * Verifies Replicate's webhooks (replicate.com/docs "Verify webhooks"): HMAC-SHA256 over the message's id, time and
 * body. Its own SDK does not look at the time.
 * @param readSecret asks for the account's secret, under the operator's key.
 */
export function createWebhookCheck(
  readSecret: (signal: AbortSignal) => Promise<Answer>,
  clock: () => number,
): (message: WebhookMessage, signal: AbortSignal) => Promise<boolean> {
  const kept = keepKeys(async (signal) => Secret.parse((await readSecret(signal)).body).key, clock);
  return async ({ headers, body, receivedAt }, signal) => {
    const signed = Signed.safeParse(headers);
    if (!signed.success) return false;
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = signed.data;
    if (Math.abs(receivedAt - Number(timestamp) * 1_000) > FRESH) return false;
    const given = signatures
      .split(' ')
      .flatMap((one) => (one.startsWith('v1,') ? [Buffer.from(one.slice(3), 'base64')] : []));
    return kept.verify((key) => {
      const secret = Buffer.from(key.slice('whsec_'.length), 'base64');
      const expected = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
      return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
    }, signal);
  };
}
