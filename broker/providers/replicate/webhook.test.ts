import { afterEach, beforeEach, expect, test } from 'vitest';
import { createReplicate } from './adapter.ts';
import { type FakeReplicate, startFakeReplicate } from './fake-server.ts';

const { signal } = new AbortController();
const NOW = Date.parse('2026-11-24T12:00:00Z');
const FIVE_MINUTES = 5 * 60_000;

let fake: FakeReplicate;
beforeEach(async () => {
  fake = await startFakeReplicate();
});
afterEach(() => fake.close());

function verify(changes: Partial<ReturnType<FakeReplicate['signed']>> = {}, at = NOW) {
  const job = fake.jobs.add('luma/photon', {}, 'a fox');
  const message = fake.signed(job, at);
  const replicate = createReplicate({ key: 'test-key', baseUrl: fake.url, clock: () => NOW });
  const headers = { ...message.headers, ...changes.headers };
  return replicate.signedWebhook?.({ ...message, receivedAt: NOW, ...changes, headers }, signal);
}

test('a message that Replicate signed is known, while its secret is being replaced too', async () => {
  expect(await verify()).toBe(true);
});

test.each([
  ['five minutes ago', -FIVE_MINUTES, true],
  ['longer ago', -FIVE_MINUTES - 1_000, false],
  ['in the future', FIVE_MINUTES + 1_000, false],
])('a message that was signed %s', async (_when, offset, isGood) => {
  expect(await verify({}, NOW + offset)).toBe(isGood);
});

test.each<[what: string, headers: Record<string, string>]>([
  ['with another id', { 'webhook-id': 'msg_other' }],
  ['at another time', { 'webhook-timestamp': String(NOW / 1_000 - 1) }],
  ['with another signature', { 'webhook-signature': `v1,${Buffer.alloc(32, 1).toString('base64')}` }],
  ['with half a signature', { 'webhook-signature': 'v1,abcd' }],
  ['of another kind', { 'webhook-signature': 'v2,abcd' }],
  ['at no time', { 'webhook-timestamp': 'now' }],
])('a message %s is not from Replicate', async (_what, headers) => {
  expect(await verify({ headers })).toBe(false);
});

test('a message whose body was changed is not from Replicate', async () => {
  expect(await verify({ body: Buffer.from('{}') })).toBe(false);
});
