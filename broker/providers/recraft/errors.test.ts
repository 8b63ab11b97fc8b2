import { expect, test } from 'vitest';
import type { FailureReason } from '../../../shared/failures.ts';
import { readRefusal } from './errors.ts';

test.each<[status: number, code: string, message: string, reason: FailureReason]>([
  [400, 'not_enough_credits', 'Not enough credits', 'out_of_balance'],
  [403, 'forbidden', 'Insufficient API units: insufficient balance', 'out_of_balance'],
  [400, 'bad_prompt', 'The prompt was flagged by moderation', 'moderated_input'],
  [400, 'bad_prompt', 'NSFW content detected', 'moderated_input'],
  [400, 'bad_image', 'The image was flagged by moderation', 'moderated_reference'],
  [400, 'invalid_model', 'Model is not supported', 'model_gone'],
  [400, 'invalid_size', 'This size is not allowed', 'invalid_input'],
  [401, 'unauthorized', 'This safety word changes nothing', 'auth'],
  [402, '', '', 'out_of_balance'],
  [404, 'not_found', '', 'model_gone'],
  [429, 'rate_limit_exceeded', 'Too many requests', 'rate_limited'],
  [500, 'internal', 'the safety checker broke', 'provider_error'],
  [503, '', '', 'capacity'],
])('%d %s (%s) is %s', (status, code, message, reason) => {
  expect(readRefusal(status, { code, message }).reason).toBe(reason);
});

test('without a body the status alone counts', () => {
  expect(readRefusal(422, '<html>')).toEqual({ reason: 'invalid_input', cause: '422' });
});
