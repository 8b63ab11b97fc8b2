import { createHmac, timingSafeEqual } from 'node:crypto';

/** Where providers tell that a generation's job has moved on. */
export const WEBHOOK_PATH = '/webhooks/providers';

/**
 * The address for one generation. Its last part is a secret that only whoever was given the address knows, which is all
 * that vouches for providers that sign nothing.
 */
export function webhookUrlOf(publicUrl: string, key: Uint8Array, generationId: string): string {
  return `${publicUrl}${WEBHOOK_PATH}/${generationId}/${secretOf(key, generationId)}`;
}

/** Whether an address is one that this broker has given out for the generation. */
export function isWebhookSecret(key: Uint8Array, generationId: string, secret: string): boolean {
  const expected = Buffer.from(secretOf(key, generationId));
  const given = Buffer.from(secret);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function secretOf(key: Uint8Array, generationId: string): string {
  return createHmac('sha256', key).update(generationId).digest('base64url');
}
