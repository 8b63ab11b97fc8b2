import { expect, test } from 'vitest';
import type { FailureReason } from '../../../shared/failures.ts';
import { readRefusal } from './errors.ts';

test.each<[status: number, body: unknown, reason: FailureReason]>([
  [400, { error: 'Invalid input provided' }, 'invalid_input'],
  [401, null, 'auth'],
  [402, { reject_reason: 'insufficient_funds' }, 'out_of_balance'],
  [403, { error: 'No access to this model' }, 'model_gone'],
  [404, null, 'model_gone'],
  [413, null, 'invalid_input'],
  [422, { error: 'Prompt failed the safety check' }, 'moderated_input'],
  [422, { error: 'Prompt or provided image failed safety check' }, 'moderated_input'],
  [422, { error: 'Provided image failed the safety check' }, 'moderated_reference'],
  [422, null, 'moderated_input'],
  [429, null, 'rate_limited'],
  [500, null, 'provider_error'],
  [503, null, 'capacity'],
])('%d %j is %s', (status, body, reason) => {
  expect(readRefusal(status, body).reason).toBe(reason);
});

test('the log says why a payment was rejected', () => {
  expect(readRefusal(402, { error: 'Payment required', reject_reason: 'daily_limit' }).cause).toBe(
    '402 daily_limit Payment required',
  );
});
