import { expect, test } from 'vitest';
import type { FailureReason } from '../../../shared/failures.ts';
import { readRefusal } from './errors.ts';

test.each<[status: number, reason: FailureReason]>([
  [400, 'invalid_input'],
  [402, 'out_of_balance'],
  [403, 'auth'],
  [404, 'model_gone'],
  [422, 'invalid_input'],
  [429, 'rate_limited'],
  [500, 'provider_error'],
  [503, 'capacity'],
])('%d is %s', (status, reason) => {
  expect(readRefusal(status, { detail: 'why' })).toEqual({ reason, cause: `${status} why` });
});

test('a list of faults goes to the log without what the person typed', () => {
  const detail = [{ loc: ['body', 'prompt'], msg: 'too long', type: 'string_too_long', input: 'secret plans' }];
  expect(readRefusal(422, { detail }).cause).toBe('422 string_too_long at body.prompt: too long');
  expect(readRefusal(502, null).cause).toBe('502');
});
