import { expect, test } from 'vitest';
import type { FailureReason } from '../../../shared/failures.ts';
import { readFailure, readRefusal } from './errors.ts';

test.each<[status: number, body: unknown, reason: FailureReason]>([
  [401, { title: 'Unauthenticated', detail: 'why' }, 'auth'],
  [402, { title: 'Insufficient credit', detail: 'why' }, 'out_of_balance'],
  [404, { detail: 'not found' }, 'model_gone'],
  [422, { title: 'Input validation failed' }, 'invalid_input'],
  [422, { title: 'Invalid version or not permitted' }, 'model_gone'],
  [429, { detail: 'Request was throttled.' }, 'rate_limited'],
  [500, null, 'provider_error'],
  [502, '<html>', 'provider_error'],
  [503, {}, 'capacity'],
])('%d %j is %s', (status, body, reason) => {
  expect(readRefusal(status, body).reason).toBe(reason);
});

test.each<[error: unknown, reason: FailureReason]>([
  ['The input or output was flagged as sensitive. Please try again with different inputs. (E005)', 'moderated_input'],
  ['NSFW content detected. Try running it again, or try a different prompt.', 'moderated_output'],
  ['Service is currently unavailable due to high demand. Please try again later. (E003)', 'capacity'],
  ['Prediction timed out', 'timeout'],
  ['CUDA out of memory', 'provider_error'],
  [{ code: 1 }, 'provider_error'],
  [null, 'provider_error'],
])('a model that fails with %j: %s', (error, reason) => {
  expect(readFailure(error).reason).toBe(reason);
});
