import { expect, test } from 'vitest';
import type { FailureReason } from '../../../shared/failures.ts';
import { readRefusal } from './errors.ts';

test.each<[status: number, name: string, reason: FailureReason]>([
  [400, 'bad_request', 'invalid_input'],
  [401, 'unauthorized', 'auth'],
  [402, 'payment_required', 'out_of_balance'],
  [403, 'content_moderation', 'moderated_input'],
  [403, 'forbidden', 'auth'],
  [404, 'not_found', 'model_gone'],
  [413, 'payload_too_large', 'invalid_input'],
  [422, 'invalid_language', 'invalid_input'],
  [429, 'rate_limit_exceeded', 'rate_limited'],
  [500, 'internal_error', 'provider_error'],
  [503, 'unavailable', 'capacity'],
  [504, 'timeout', 'timeout'],
])('%d %s is %s', (status, name, reason) => {
  expect(readRefusal(status, { id: 'x', name, errors: ['why'] })).toEqual({ reason, cause: `${status} ${name} why` });
});

test('without a body the status alone counts', () => {
  expect(readRefusal(502, null)).toEqual({ reason: 'provider_error', cause: '502' });
});
