import { expect, test } from 'vitest';
import type { FailureReason } from '../../../shared/failures.ts';
import { readRefusal } from './errors.ts';

const error = (code: string | null, message = 'why', more = {}) => ({ error: { message, type: 'x', code, ...more } });
const blocked = (moderation_stage: string, message?: string) =>
  error('moderation_blocked', message, { moderation_details: { moderation_stage, categories: ['violence'] } });

test.each<[status: number, body: unknown, reason: FailureReason]>([
  [400, blocked('input'), 'moderated_input'],
  [400, blocked('unknown'), 'moderated_input'],
  [400, blocked('output'), 'moderated_output'],
  [400, blocked('input', 'Your input image may contain content that is not allowed.'), 'moderated_reference'],
  [400, error('moderation_blocked', 'Your request was rejected by the safety system.'), 'moderated_input'],
  [400, error('content_policy_violation'), 'moderated_input'],
  [400, error('billing_hard_limit_reached'), 'out_of_balance'],
  [400, error('invalid_value'), 'invalid_input'],
  [400, null, 'invalid_input'],
  [401, error('invalid_api_key'), 'auth'],
  [403, error(null, 'Your organization must be verified to use the model'), 'auth'],
  [404, error('model_not_found'), 'model_gone'],
  [429, error('rate_limit_exceeded'), 'rate_limited'],
  [429, error('insufficient_quota'), 'out_of_balance'],
  [429, { error: { message: 'quota', type: 'insufficient_quota', code: null } }, 'out_of_balance'],
  [429, null, 'rate_limited'],
  [500, error(null), 'provider_error'],
  [502, null, 'provider_error'],
  [503, error(null), 'capacity'],
  [504, null, 'timeout'],
])('%d %j is %s', (status, body, reason) => {
  expect(readRefusal(status, body).reason).toBe(reason);
});

test('the log has the words of OpenAI and the stage at which it refused', () => {
  expect(readRefusal(400, blocked('output', 'safety_violations=[violence]')).cause).toBe(
    '400 x moderation_blocked stage=output safety_violations=[violence]',
  );
});
