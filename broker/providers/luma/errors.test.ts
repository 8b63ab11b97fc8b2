import { expect, test } from 'vitest';
import type { FailureReason } from '../../../shared/failures.ts';
import { readFailure, readRefusal } from './errors.ts';

test.each<[status: number, detail: unknown, reason: FailureReason]>([
  [400, 'Insufficient credits', 'out_of_balance'],
  [400, 'prompt did not pass moderation', 'moderated_input'],
  [400, 'model is not supported', 'model_gone'],
  [400, 'Model ray-9 not found', 'model_gone'],
  [400, 'Invalid model: ray-9', 'model_gone'],
  [400, 'duration is not valid', 'invalid_input'],
  [400, 'concepts are not supported for this model', 'invalid_input'],
  [400, 'duration 9s is not supported by model ray-2', 'invalid_input'],
  [400, 'The model ray-2: duration is not valid', 'invalid_input'],
  [400, 'an image of a credit card cannot be read', 'invalid_input'],
  [401, 'why', 'auth'],
  [403, 'Not authenticated', 'auth'],
  [422, [{ loc: ['body'], msg: 'why', type: 'x', input: 'secret plans' }], 'invalid_input'],
  [429, 'why', 'rate_limited'],
  [500, 'why', 'provider_error'],
  [503, 'why', 'capacity'],
])('%d %j is %s', (status, detail, reason) => {
  const refusal = readRefusal(status, { detail });
  expect(refusal.reason).toBe(reason);
  expect(refusal.cause).not.toContain('secret plans');
});

test.each<[words: string | null, reason: FailureReason]>([
  ['Advanced moderation failed', 'moderated_input'],
  ['400: failed to moderate image', 'moderated_reference'],
  ['Generated video did not pass moderation', 'moderated_output'],
  ['Job 1234 failed', 'provider_error'],
  [null, 'provider_error'],
])('a generation that fails with %j: %s', (words, reason) => {
  expect(readFailure(words).reason).toBe(reason);
});
