import { expect, test } from 'vitest';
import type { FailureReason } from '../../../shared/failures.ts';
import { readBlock, readFiltered, readFinish, readOperationError, readRefusal } from './errors.ts';

const error = (status: string, message = 'why', details: readonly unknown[] = []) => ({
  error: { code: 0, message, status, details },
});
const quota = (quotaId: string) => error('RESOURCE_EXHAUSTED', 'why', [{ violations: [{ quotaId }] }]);

test.each<[status: number, body: unknown, reason: FailureReason]>([
  [400, error('INVALID_ARGUMENT'), 'invalid_input'],
  [400, error('INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'), 'auth'],
  [400, error('INVALID_ARGUMENT', 'why', [{ reason: 'API_KEY_INVALID' }]), 'auth'],
  [400, error('FAILED_PRECONDITION', 'User location is not supported for the API use.'), 'auth'],
  [400, error('FAILED_PRECONDITION', 'Please enable billing on project 1.'), 'out_of_balance'],
  [400, error('INVALID_ARGUMENT', 'This prompt violates our Responsible AI practices.'), 'moderated_input'],
  [400, error('INVALID_ARGUMENT', 'The input image violates our usage guidelines.'), 'moderated_reference'],
  [400, error('INVALID_ARGUMENT', 'The request violates the constraint aspectRatio in [1:1, 16:9].'), 'invalid_input'],
  [400, error('INVALID_ARGUMENT', 'Field violation: durationSeconds is out of range.'), 'invalid_input'],
  [400, error('INVALID_ARGUMENT', 'The prompt violates our policy.'), 'moderated_input'],
  [400, error('INVALID_ARGUMENT', 'The input image violates the policies.'), 'moderated_reference'],
  [401, error('UNAUTHENTICATED'), 'auth'],
  [403, error('PERMISSION_DENIED'), 'auth'],
  [403, error('PERMISSION_DENIED', 'Billing is disabled for project 1.'), 'out_of_balance'],
  [404, error('NOT_FOUND'), 'model_gone'],
  [429, quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'), 'rate_limited'],
  [429, quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier'), 'out_of_balance'],
  [429, null, 'rate_limited'],
  [500, error('INTERNAL'), 'provider_error'],
  [502, null, 'provider_error'],
  [503, error('UNAVAILABLE'), 'capacity'],
  [504, error('DEADLINE_EXCEEDED'), 'timeout'],
])('%d %j is %s', (status, body, reason) => {
  expect(readRefusal(status, body).reason).toBe(reason);
});

test.each<[code: number, message: string, reason: FailureReason]>([
  [3, 'durationSeconds is out of range', 'invalid_input'],
  [3, 'The prompt violates our usage guidelines', 'moderated_input'],
  [4, 'late', 'timeout'],
  [5, 'not found', 'provider_error'],
  [8, 'exhausted', 'rate_limited'],
  [13, 'internal', 'provider_error'],
  [14, 'unavailable', 'capacity'],
  [99, 'new', 'provider_error'],
])('an operation that ends with code %d (%s) is %s', (code, message, reason) => {
  expect(readOperationError({ code, message }).reason).toBe(reason);
});

test('a candidate without a picture says whether it was the prompt, the picture or the model', () => {
  expect(readFinish('IMAGE_SAFETY', '').reason).toBe('moderated_output');
  expect(readFinish('IMAGE_RECITATION', '').reason).toBe('moderated_output');
  expect(readFinish('PROHIBITED_CONTENT', '').reason).toBe('moderated_input');
  expect(readFinish('MAX_TOKENS', 'too many').cause).toBe('MAX_TOKENS too many');
  expect(readFinish('NO_IMAGE', '').reason).toBe('provider_error');
});

test('an answer without candidates is the prompt’s fault, unless the picture was held back or nothing is said', () => {
  expect(readBlock('BLOCKLIST', '').reason).toBe('moderated_input');
  expect(readBlock('IMAGE_SAFETY', '').reason).toBe('moderated_output');
  expect(readBlock(null, '').reason).toBe('provider_error');
});

test('videos that were all filtered are held back, unless a picture that went in was the reason', () => {
  expect(readFiltered(['We filtered 1 video.']).reason).toBe('moderated_output');
  expect(readFiltered(['The input image contains a child.']).reason).toBe('moderated_reference');
});
