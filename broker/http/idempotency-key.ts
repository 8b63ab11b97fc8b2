import type { Request } from 'express';
import { InkpotError } from '../../shared/errors.ts';

const KEY = /^[A-Za-z0-9_-]{1,64}$/;

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
