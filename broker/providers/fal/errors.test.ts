import { expect, test } from 'vitest';
import { FAILURES, type FailureReason } from '../../../shared/failures.ts';
import { readRefusal } from './errors.ts';

const model = (type: string, loc: (string | number)[] = ['body', 'prompt']) => ({
  detail: [{ loc, msg: 'why', type }],
});

test.each<[status: number, body: unknown, reason: FailureReason]>([
  [422, model('content_policy_violation'), 'moderated_input'],
  [422, { detail: [{ msg: 'why', type: 'content_policy_violation' }] }, 'moderated_input'],
  [422, model('content_policy_violation', ['response', 'images', 0]), 'moderated_output'],
  [422, model('content_policy_violation', ['body', 'image_urls', 0]), 'moderated_reference'],
  [422, model('content_policy_violation', ['body', 'mask_url']), 'moderated_reference'],
  [422, model('less_than_equal'), 'invalid_input'],
  [422, model('image_too_small'), 'invalid_input'],
  [422, null, 'invalid_input'],
  [400, model('downstream_service_error'), 'provider_error'],
  [400, { detail: 'bad request' }, 'invalid_input'],
  [401, { detail: 'No user found for Key ID and Secret' }, 'auth'],
  [402, {}, 'out_of_balance'],
  [403, { detail: 'User is locked. Reason: Exhausted balance. Top up your balance at fal.ai.' }, 'out_of_balance'],
  [403, { detail: 'User is locked. Reason: TOP_UP.' }, 'out_of_balance'],
  [403, { detail: 'Forbidden' }, 'auth'],
  [404, { detail: 'Application not found' }, 'model_gone'],
  [429, { detail: 'slow down', error_type: 'concurrent_requests_limit' }, 'rate_limited'],
  [429, null, 'rate_limited'],
  [499, { detail: 'cancelled', error_type: 'client_cancelled' }, 'cancelled'],
  [500, model('internal_server_error'), 'provider_error'],
  [500, model('downstream_service_unavailable'), 'capacity'],
  [502, null, 'provider_error'],
  [503, { detail: 'no runner', error_type: 'runner_scheduling_failure' }, 'capacity'],
  [504, model('generation_timeout'), 'timeout'],
  [504, { detail: 'late', error_type: 'request_timeout' }, 'timeout'],
  [418, 'a teapot', 'provider_error'],
])('%d %j is %s', (status, body, reason) => {
  expect(readRefusal(status, body).reason).toBe(reason);
});

test('case 22: the words of the provider go to the log, and never into what a person reads', () => {
  const { reason, cause } = readRefusal(403, { detail: 'User is locked. Reason: Exhausted balance. request 8f3a' });
  expect(cause).toContain('Exhausted balance. request 8f3a');
  expect(FAILURES[reason]).not.toMatch(/locked|balance|8f3a/i);
  for (const message of Object.values(FAILURES)) expect(message).not.toMatch(/\bfal\b|key|http|\d{3}/i);
});

test('what the person typed is not copied into the log', () => {
  const body = {
    detail: [{ loc: ['body', 'prompt'], msg: 'flagged', type: 'content_policy_violation', input: 'secret plans' }],
  };
  expect(readRefusal(422, body).cause).toBe('422 content_policy_violation at body.prompt: flagged');
});
