import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { z } from 'zod';
import { InkpotError } from '../../shared/errors.ts';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';

/** Seconds for which a key is remembered: longer than any client goes on repeating a request. */
const REMEMBERED = 7 * 24 * 3600;

const KEY = /^[A-Za-z0-9_-]{1,64}$/;

const Claim = z.object({ hash: z.string(), id: z.string() });

/**
 * The `Idempotency-Key` of a request (draft-ietf-httpapi-idempotency-key-header-07).
 * @throws InkpotError `idempotency_key_missing` or `invalid_request`.
 */
export function idempotencyKey(req: Request): string {
  const key = req.get('Idempotency-Key');
  if (!key) {
    throw new InkpotError('idempotency_key_missing', {
      detail:
        'Send an Idempotency-Key header with a new random value for each click, and the same one when you repeat it.',
    });
  }
  if (!KEY.test(key)) {
    throw new InkpotError('invalid_request', { detail: 'Idempotency-Key takes 1 to 64 of A-Z, a-z, 0-9, _ and -.' });
  }
  return key;
}

/**
 * Fixes which id a request works under before it does anything, so that a repeat after a crash works under the same one
 * and finds what the first has done (design/ledger.md, rule 3).
 * @param scope whose key it is and for which route; two people may use the same key.
 * @returns the id of the first request with this key: `id` itself when this is the first.
 * @throws InkpotError `idempotency_key_reused` when the key came with another body before.
 */
export async function claimId(
  redis: RedisClient,
  claim: { readonly scope: string; readonly key: string; readonly body: unknown; readonly id: string },
): Promise<string> {
  const name = `idempotency:${claim.scope}:${claim.key}`;
  const hash = createHash('sha256').update(JSON.stringify(claim.body)).digest('base64url');
  const value = JSON.stringify({ hash, id: claim.id });
  const options = { condition: 'NX', GET: true, expiration: { type: 'EX', value: REMEMBERED } } as const;
  const earlier = await repeatUntilKnown(() => redis.set(name, value, options));
  if (earlier === null) return claim.id;
  const first = Claim.parse(JSON.parse(earlier));
  if (first.hash !== hash) throw new InkpotError('idempotency_key_reused');
  return first.id;
}
