import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { WebhookMessage } from '../provider.ts';

/** Signs webhooks as fal does, by an Ed25519 key of its own. */
export interface FakeSigner {
  /** What `/.well-known/jwks.json` answers. */
  readonly keySet: unknown;
  /** @param at when it is signed, in ms since 1970. */
  signed(requestId: string, body: unknown, at: number): WebhookMessage & { readonly headers: Record<string, string> };
}

export function createFakeSigner(): FakeSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const other = generateKeyPairSync('ed25519').publicKey;
  return {
    // The key that signs is not the first: a caller has to try them all.
    keySet: { keys: [other, publicKey].map((key) => key.export({ format: 'jwk' })) },
    signed(requestId, body, at) {
      const bytes = Buffer.from(JSON.stringify(body));
      const timestamp = String(Math.floor(at / 1_000));
      const digest = createHash('sha256').update(bytes).digest('hex');
      const message = Buffer.from([requestId, 'user_1', timestamp, digest].join('\n'));
      return {
        headers: {
          'x-fal-webhook-request-id': requestId,
          'x-fal-webhook-user-id': 'user_1',
          'x-fal-webhook-timestamp': timestamp,
          'x-fal-webhook-signature': sign(null, message, privateKey).toString('hex'),
        },
        body: bytes,
        receivedAt: at,
      };
    },
  };
}
