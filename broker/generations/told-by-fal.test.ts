import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFinal } from '../../shared/api/generations.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { startFakeFal } from '../providers/fal/fake-server.ts';
import type { WebhookMessage } from '../providers/provider.ts';
import { startTestBroker, type TestBroker } from '../testing/test-broker.ts';

const LONGEST = 5 * 60_000;

let broker: TestBroker;
beforeAll(async () => {
  broker = await startTestBroker({ INKPOT_WEBHOOKS: 'on' });
});
afterAll(async () => {
  await broker?.stop();
});

const settings: Settings = { prompt: '__slow__', size: { kind: 'pixels', width: 512, height: 512 }, count: 1 };

/** Asks for a picture, and waits until fal has the job. */
async function begun() {
  const person = await broker.person(1);
  const { generation } = await person.generate('z-image-turbo', settings);
  await expect.poll(() => broker.fal.jobs.all.length).toBeGreaterThan(0);
  const job = broker.fal.jobs.all.at(-1);
  if (!job?.webhook) throw new Error('fal was not asked to tell');
  return { person, generation, job, webhook: job.webhook };
}

async function deliver(webhook: string, { headers, body }: WebhookMessage): Promise<number> {
  const sent = { method: 'POST', headers: headers as Record<string, string>, body: Buffer.from(body) };
  return (await fetch(webhook, sent)).status;
}

test('a job is asked about when fal tells of its end, and only fal can tell, lately', async () => {
  const { person, generation, job, webhook } = await begun();
  const other = await startFakeFal();
  const said = { request_id: job.id, gateway_request_id: job.id, status: 'OK', payload: { images: [] } };
  const message = broker.fal.signed(job.id, said, Date.now());
  expect(new URL(webhook).origin).toBe(broker.url);
  expect(await deliver(webhook, other.signed(job.id, said, Date.now())), 'another key').toBe(404);
  expect(await deliver(webhook, broker.fal.signed(job.id, said, Date.now() - LONGEST - 1_000)), 'too old').toBe(404);
  expect(await deliver(`${webhook}x`, message), 'another address').toBe(404);

  // What it says is not believed: the job is still running, so asking it again is all that comes of it.
  expect(await deliver(webhook, message)).toBe(200);
  expect((await person.read(generation.id)).generation.state).not.toBe('succeeded');

  broker.fal.jobs.finish(job.id);
  expect(await deliver(webhook, message), 'a repeat').toBe(200);
  await expect.poll(async () => isFinal((await person.read(generation.id)).generation.state)).toBe(true);
  const { generation: ended, balance } = await person.read(generation.id);
  expect(ended).toMatchObject({ state: 'succeeded' });
  expect(await deliver(webhook, message), 'after the end').toBe(200);
  expect((await person.read(generation.id)).balance).toEqual(balance);
  await other.close();
});
