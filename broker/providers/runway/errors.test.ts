import { expect, test } from 'vitest';
import type { FailureReason } from '../../../shared/failures.ts';
import { readFailure, readRefusal } from './errors.ts';

test.each<[status: number, body: unknown, reason: FailureReason]>([
  [400, { error: 'You do not have enough credits to run this task.' }, 'out_of_balance'],
  [400, { error: 'Validation of body failed', issues: [{ path: ['ratio'], message: 'Invalid' }] }, 'invalid_input'],
  [400, { error: 'Validation of body failed', issues: [{ path: ['model'], message: 'Invalid' }] }, 'model_gone'],
  [400, { error: 'Model gen4_image is not available.' }, 'model_gone'],
  [400, null, 'invalid_input'],
  [401, { error: 'why' }, 'auth'],
  [404, { error: 'why' }, 'model_gone'],
  [429, { error: 'why' }, 'rate_limited'],
  [502, null, 'provider_error'],
  [503, null, 'capacity'],
  [504, null, 'timeout'],
])('%d %j is %s', (status, body, reason) => {
  expect(readRefusal(status, body).reason).toBe(reason);
});

test.each<[code: string | null, reason: FailureReason]>([
  ['SAFETY.INPUT.TEXT', 'moderated_input'],
  ['SAFETY.INPUT.IMAGE', 'moderated_reference'],
  ['SAFETY.OUTPUT.VIDEO', 'moderated_output'],
  ['SAFETY', 'moderated_input'],
  ['INPUT_PREPROCESSING.SAFETY.TEXT', 'moderated_input'],
  ['INPUT_PREPROCESSING.INTERNAL', 'provider_error'],
  ['ASSET.INVALID', 'invalid_input'],
  ['INTERNAL.BAD_OUTPUT.CODE01', 'provider_error'],
  ['THIRD_PARTY.UNAVAILABLE', 'provider_error'],
  [null, 'provider_error'],
])('a task that fails with %j: %s', (code, reason) => {
  expect(readFailure(code, 'why')).toEqual({ reason, cause: code ? `${code} why` : 'why' });
});
