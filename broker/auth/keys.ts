import { generateKeyPairSync, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';

/** A P-256 key pair for ES256, as a private JWK (RFC 7517). */
const SigningKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
});
type SigningKey = z.infer<typeof SigningKey>;

const StoredKeys = z.object({ signing: z.array(SigningKey).min(1), secret: z.string() });

/** What the broker signs and seals with. */
export interface Keys {
  /** Private signing keys; the first one signs. */
  readonly jwks: { readonly keys: readonly SigningKey[] };
  /** Sign cookies and form tokens; the first one signs. */
  readonly cookieKeys: readonly string[];
  /** 256 bits for the signature of quotes. */
  readonly quoteKey: Uint8Array;
  /** 256 bits for the addresses of providers' webhooks. */
  readonly webhookKey: Uint8Array;
  /** Signs links to results. */
  readonly linkKey: Uint8Array;
}

const KEYS = 'auth:keys';

/**
 * The keys of this broker, made on its first start and kept in Redis, so that a restart and every further instance
 * sign and accept the same tokens.
 */
export async function loadKeys(redis: RedisClient): Promise<Keys> {
  const made = JSON.stringify(makeKeys());
  const earlier = await repeatUntilKnown(() => redis.set(KEYS, made, { condition: 'NX', GET: true }));
  const { signing, secret } = StoredKeys.parse(JSON.parse(earlier ?? made));
  return {
    jwks: { keys: signing },
    cookieKeys: [Buffer.from(derive(secret, 'cookies')).toString('base64url')],
    quoteKey: derive(secret, 'quotes'),
    webhookKey: derive(secret, 'provider webhooks'),
    linkKey: derive(secret, 'links'),
  };
}

function makeKeys(): z.infer<typeof StoredKeys> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = randomBytes(8).toString('hex');
  return {
    signing: [SigningKey.parse({ ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' })],
    secret: randomBytes(32).toString('base64url'),
  };
}

/** One secret per purpose out of one kept secret (HKDF, RFC 5869). */
function derive(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', `inkpot ${purpose}`, 32));
}
