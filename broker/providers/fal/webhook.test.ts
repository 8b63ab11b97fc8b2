import { afterEach, beforeEach, expect, test } from 'vitest';
import { jobFrom, requestFor } from '../test-request.ts';
import { createFal } from './adapter.ts';
import { type FakeFal, startFakeFal } from './fake-server.ts';

const { signal } = new AbortController();
const NOW = Date.parse('2026-11-24T12:00:00Z');
const FIVE_MINUTES = 5 * 60_000;

let fake: FakeFal;
let now: number;
beforeEach(async () => {
  fake = await startFakeFal();
  now = NOW;
});
afterEach(() => fake.close());

function adapter(baseUrl = fake.url) {
  return createFal({ key: 'test-key', baseUrl, clock: () => now });
}

const body = { request_id: 'r', gateway_request_id: 'r', status: 'OK', payload: {} };

test('a submit says where its end may be told, where there is such a place', async () => {
  const request = requestFor({ provider: 'fal', path: 'fal-ai/qwen-image' });
  const webhookUrl = 'https://broker.example/hooks/fal/01jd?secret=a&b=ü';
  await jobFrom(adapter().submit({ ...request, webhookUrl }, signal));
  await jobFrom(adapter().submit(request, signal));
  expect(fake.jobs.all.map(({ webhook }) => webhook)).toEqual([webhookUrl, null]);
});

test('a message that fal signed is known by any of its keys, and again when it comes twice', async () => {
  const fal = adapter();
  const message = fake.signed('r', body, NOW);
  expect(await fal.signedWebhook?.(message, signal)).toBe(true);
  expect(await fal.signedWebhook?.(message, signal)).toBe(true);
});

test.each([
  ['five minutes ago', -FIVE_MINUTES, true],
  ['longer ago', -FIVE_MINUTES - 1_000, false],
  ['in the future', FIVE_MINUTES + 1_000, false],
])('a message that was signed %s', async (_when, offset, isGood) => {
  const message = fake.signed('r', body, NOW + offset);
  expect(await adapter().signedWebhook?.({ ...message, receivedAt: NOW }, signal)).toBe(isGood);
});

test.each<[what: string, headers: Record<string, string | undefined>]>([
  ['for another request', { 'x-fal-webhook-request-id': 'other' }],
  ['for another user', { 'x-fal-webhook-user-id': 'other' }],
  ['with another signature', { 'x-fal-webhook-signature': '00'.repeat(64) }],
  ['with half a signature', { 'x-fal-webhook-signature': 'abcd' }],
  ['at no time', { 'x-fal-webhook-timestamp': 'now' }],
  ['by nobody', { 'x-fal-webhook-signature': undefined }],
])('a message %s is not from fal', async (_what, headers) => {
  const message = fake.signed('r', body, NOW);
  expect(await adapter().signedWebhook?.({ ...message, headers: { ...message.headers, ...headers } }, signal)).toBe(
    false,
  );
});

test('a message whose body was changed is not from fal', async () => {
  const message = fake.signed('r', body, NOW);
  expect(await adapter().signedWebhook?.({ ...message, body: Buffer.from('{}') }, signal)).toBe(false);
});

test('a new key is looked for, but forgeries do not set the pace', async () => {
  const fal = adapter();
  const other = await startFakeFal();
  const forged = other.signed('r', body, NOW);
  expect(await fal.signedWebhook?.(forged, signal)).toBe(false);
  await fake.close();
  expect(await fal.signedWebhook?.(forged, signal), 'by the keys of a moment ago').toBe(false);
  now += 60_000;
  await expect(fal.signedWebhook?.({ ...forged, receivedAt: NOW }, signal)).rejects.toThrow('provider fault');
  await other.close();
  fake = await startFakeFal();
});
