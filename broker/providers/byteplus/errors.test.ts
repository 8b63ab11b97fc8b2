import { expect, test } from 'vitest';
import type { FailureReason } from '../../../shared/failures.ts';
import { readFailure, readRefusal } from './errors.ts';

test.each<[status: number, code: string, reason: FailureReason]>([
  [400, 'InputTextSensitiveContentDetected', 'moderated_input'],
  [400, 'SensitiveContentDetected.SevereViolation', 'moderated_input'],
  [400, 'InputImageSensitiveContentDetected.PrivacyInformation', 'moderated_reference'],
  [400, 'InputVideoSensitiveContentDetected', 'moderated_reference'],
  [400, 'OutputImageSensitiveContentDetected', 'moderated_output'],
  [400, 'OutputVideoSensitiveContentDetected.PolicyViolation', 'moderated_output'],
  [400, 'MissingParameter', 'invalid_input'],
  [400, 'InvalidParameter.UnsupportedImageFormat', 'invalid_input'],
  [401, 'AuthenticationError', 'auth'],
  [403, 'AccessDenied', 'auth'],
  [403, 'AccountOverdueError', 'out_of_balance'],
  [404, 'InvalidEndpointOrModel.NotFound', 'model_gone'],
  [404, 'ModelNotOpen', 'model_gone'],
  [429, 'RateLimitExceeded.EndpointRPMExceeded', 'rate_limited'],
  [429, 'ModelAccountIpmRateLimitExceeded', 'rate_limited'],
  [429, 'QuotaExceeded', 'rate_limited'],
  [429, 'ServerOverloaded', 'capacity'],
  [500, 'InternalServiceError', 'provider_error'],
  [418, 'SomethingNew', 'provider_error'],
])('%d %s is %s', (status, code, reason) => {
  expect(readRefusal(status, { error: { code, message: 'why' } }).reason).toBe(reason);
});

test('without a body the status alone counts', () => {
  expect(readRefusal(503, null).reason).toBe('capacity');
  expect(readRefusal(400, '<html>').reason).toBe('invalid_input');
});

test('a task that was taken does not say that its model is gone', () => {
  expect(readFailure({ code: 'ModelNotFound' }).reason).toBe('provider_error');
  expect(readFailure({ code: 'OutputVideoSensitiveContentDetected', message: 'held back' })).toEqual({
    reason: 'moderated_output',
    cause: 'OutputVideoSensitiveContentDetected held back',
  });
  expect(readFailure(null)).toEqual({ reason: 'provider_error', cause: 'it failed without a word' });
});
