import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { expect, test } from 'vitest';
import { problemHandler } from '../http/problem.ts';
import type { Provider, WebhookMessage } from '../providers/provider.ts';
import type { StoredGeneration } from './generation.ts';
import { providerWebhookRouter } from './webhook-router.ts';
import { webhookUrlOf } from './webhook-url.ts';

const logger = pino({ level: 'silent' });
const key = new Uint8Array(32).fill(7);
const details = { route: { provider: 'fal', path: 'x' } } as StoredGeneration['details'];

/** A broker with one open generation at a provider that signs as the test says. */
function webhooks(signedWebhook?: Provider['signedWebhook']) {
  const hurried: string[] = [];
  const find = async (generationId: string) =>
    ({ generationId, details, hold: generationId === 'ended' ? 'captured' : 'held' }) as StoredGeneration;
  const provider = { name: 'fal', ...(signedWebhook && { signedWebhook }) } as Provider;
  const router = providerWebhookRouter({
    key,
    store: { find },
    providers: new Map([['fal', provider]]),
    jobs: { hurry: async ({ generationId }) => void hurried.push(generationId), enqueue: async () => undefined },
    logger,
    clock: () => 1_000,
  });
  const app = express().use(router, problemHandler(logger));
  const deliver = (generationId: string, path = webhookUrlOf('', key, generationId)) =>
    request(app).post(path).set('X-Signature', 's').type('application/json').send('{"status":"OK"}');
  return { hurried, deliver };
}

test('a message has the job polled now, whatever it says', async () => {
  const { hurried, deliver } = webhooks();
  await deliver('g1').expect(200);
  await deliver('g1').expect(200);
  expect(hurried).toEqual(['g1', 'g1']);
});

test('a message to an address that was not given out, or was for another generation, is not found', async () => {
  const { hurried, deliver } = webhooks();
  await deliver('g1', '/webhooks/providers/g1/guess').expect(404);
  await deliver('g1', webhookUrlOf('', key, 'g2').replace('g2', 'g1')).expect(404);
  expect(hurried).toEqual([]);
});

test('of a message to such an address nothing is read, so that no stranger fills the memory with them', async () => {
  const { deliver } = webhooks();
  const large = 'x'.repeat(2 ** 20 + 1);
  await deliver('g1', '/webhooks/providers/g1/guess').send(large).expect(404);
  await deliver('g1').send(large).expect(413);
});

test('where the provider signs, a message that it has not signed is not taken', async () => {
  const seen: WebhookMessage[] = [];
  const { hurried, deliver } = webhooks(async (message) => {
    seen.push(message);
    return seen.length === 1;
  });
  await deliver('g1').expect(200);
  await deliver('g1').expect(404);
  expect(hurried).toEqual(['g1']);
  expect(seen[0]).toMatchObject({ headers: { 'x-signature': 's' }, receivedAt: 1_000 });
  expect(Buffer.from(seen[0]?.body ?? []).toString()).toBe('{"status":"OK"}');
});

test('what has ended needs no hint, and its provider no second try', async () => {
  const { hurried, deliver } = webhooks();
  await deliver('ended').expect(200);
  expect(hurried).toEqual([]);
});
