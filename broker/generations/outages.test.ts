import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GenerationAnswer, isFinal } from '../../shared/api/generations.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { Problem } from '../../shared/errors.ts';
import { loadKeys } from '../auth/keys.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { QUOTE_LIFETIME, signQuote } from '../quotes/quote-token.ts';
import type { Person } from '../testing/person.ts';
import { startTestBroker, type TestBroker } from '../testing/test-broker.ts';

const FAL_MODEL = 'seedream-5-lite';

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});

afterAll(async () => {
  await broker?.stop();
});

const onFal = (prompt: string): Settings => ({
  prompt,
  size: { kind: 'pixels', width: 2_560, height: 1_440 },
  count: 1,
});

async function finished(person: Person, id: string): Promise<GenerationAnswer> {
  await expect.poll(async () => isFinal((await person.read(id)).generation.state), { timeout: 30_000 }).toBe(true);
  return person.read(id);
}

/** Starts a generation whose provider job runs until the test lets it end. */
async function running(person: Person, prompt: string): Promise<string> {
  const { generation } = await person.generate(FAL_MODEL, onFal(prompt));
  await expect.poll(() => jobsOf(prompt)[0]?.state, { timeout: 10_000 }).toBe('running');
  return generation.id;
}

function jobsOf(prompt: string) {
  return broker.fal.jobs.all.filter((job) => job.prompt === prompt);
}

async function redisPid(): Promise<number> {
  return Number(/process_id:(\d+)/.exec(String(await broker.redis.info('server')))?.[1]);
}

test('a broker that drains in the middle of a poll goes on at its next start, with the same provider job', async () => {
  const person = await broker.person(10);
  const prompt = '__slow__ drain';
  const id = await running(person, prompt);
  await broker.restart();
  broker.fal.jobs.finish();
  const ended = await finished(person, id);
  expect(ended.generation.state).toBe('succeeded');
  expect(jobsOf(prompt)).toHaveLength(1);
  expect(await auditPool(broker.redis, person.poolId)).toEqual([]);
});

test('a cancel that came too late stays on the record, and the picture is handed out and charged', async () => {
  const person = await broker.person(10);
  const id = await running(person, '__slow__ __stubborn__');
  await person.request(`/v1/generations/${id}`, { method: 'DELETE' });
  await expect.poll(async () => (await person.read(id)).generation.cancellation, { timeout: 10_000 }).toBe('too_late');
  broker.fal.jobs.finish();
  const { generation } = await finished(person, id);
  expect(generation).toMatchObject({ state: 'succeeded', cancellation: 'too_late', charged: generation.ceiling });
});

test('a picture that cannot be stored waits until it can, and is charged only then', async () => {
  const person = await broker.person(10);
  const prompt = '__slow__ disk';
  const id = await running(person, prompt);
  const [assets, away] = [join(broker.dataDir, 'assets'), join(broker.dataDir, 'assets.away')];
  await mkdir(assets, { recursive: true });
  await rename(assets, away);
  await writeFile(assets, 'not a folder');
  broker.fal.jobs.finish();
  await expect.poll(async () => (await person.read(id)).generation.state, { timeout: 10_000 }).toBe('storing');
  expect((await person.read(id)).generation.charged).toBeNull();
  await rm(assets);
  await rename(away, assets);
  expect((await finished(person, id)).generation.state).toBe('succeeded');
  expect(jobsOf(prompt)).toHaveLength(1);
});

test('an expired price is refused, but the repeat of a request that was accepted in time is answered again', async () => {
  const person = await broker.person(10);
  const settings = onFal('soon over');
  const { ceiling } = await person.quote(FAL_MODEL, settings);
  const { quoteKey } = await loadKeys(broker.redis);
  const secondsLeft = 2;
  const { token } = await signQuote(
    quoteKey,
    { accountId: person.accountId, poolId: person.poolId, modelId: FAL_MODEL, settings, ceiling },
    Date.now() - (QUOTE_LIFETIME - secondsLeft) * 1_000,
  );
  const send = (key: string) =>
    person.request('/v1/generations', {
      method: 'POST',
      body: JSON.stringify({ quote: token, settings }),
      headers: { 'Idempotency-Key': key },
    });
  const key = randomUUID();
  const first = await send(key);
  expect(first.status).toBe(202);
  const { generation }: GenerationAnswer = await first.json();
  await expect.poll(async () => (await send(randomUUID())).status, { timeout: 10_000, interval: 500 }).toBe(409);
  const again = await send(key);
  expect(again.status).toBe(202);
  expect((await again.json()).generation.id).toBe(generation.id);
});

test('case 23: without Redis there is no hold and no call, but 503, when to come back, and what can be told', async () => {
  const person = await broker.person(10);
  const settings = onFal('nobody is there');
  const { token } = await person.quote(FAL_MODEL, settings);
  const send = () =>
    person.request('/v1/generations', {
      method: 'POST',
      body: JSON.stringify({ quote: token, settings }),
      headers: { 'Idempotency-Key': key },
    });
  const key = randomUUID();
  const pid = await redisPid();
  process.kill(pid, 'SIGSTOP');
  try {
    const response = await send();
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Problem.parse(await response.json()).code).toBe('broker_busy');
    expect((await fetch(`${broker.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${broker.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${broker.url}/metrics`)).status).toBe(200);
    expect(jobsOf(settings.prompt)).toHaveLength(0);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await expect.poll(async () => (await fetch(`${broker.url}/readyz`)).status, { timeout: 15_000 }).toBe(200);
  // What waited in the server's socket may have been carried out after all, and then keeps the key for seconds.
  await expect.poll(async () => (await send()).status).toBe(202);
  const { generation }: GenerationAnswer = await (await send()).json();
  expect((await finished(person, generation.id)).balance.available).toBe(10_000 - generation.ceiling);
  expect(jobsOf(settings.prompt)).toHaveLength(1);
}, 60_000);

test('a Redis that dies under open event streams ends them at most, and never the broker', async () => {
  const person = await broker.person(10);
  const id = await running(person, '__slow__ streams');
  const stream = await person.request(`/v1/generations/${id}/events`);
  process.kill(await redisPid(), 'SIGKILL');
  broker.fal.jobs.finish();
  await stream.text().catch(() => '');
  expect((await finished(person, id)).generation.state).toBe('succeeded');
  const after = await person.request(`/v1/generations/${id}/events`);
  expect(await after.text()).toContain('"state":"succeeded"');
}, 60_000);

test('clients that vanish from event streams and pictures at any moment leave nothing open', async () => {
  const person = await broker.person(10);
  const id = await running(person, '__slow__ vanish');
  await Promise.all(
    Array.from({ length: 30 }, async (_, index) => {
      const leaving = new AbortController();
      const asked = person.request(`/v1/generations/${id}/events`, { signal: leaving.signal }).catch(() => null);
      if (index % 2) await asked;
      leaving.abort();
      await asked;
    }),
  );
  broker.fal.jobs.finish();
  expect((await finished(person, id)).generation.state).toBe('succeeded');
  await Promise.all(
    Array.from({ length: 30 }, async () => {
      const leaving = new AbortController();
      const asked = person.request(`/v1/generations/${id}/outputs/0`, { signal: leaving.signal }).catch(() => null);
      leaving.abort();
      await asked;
    }),
  );
  expect((await person.request(`/v1/generations/${id}/outputs/0`)).status).toBe(200);
});

test('a generation whose provider was taken out of the configuration is given back once its time is over', async () => {
  const person = await broker.person(10);
  const id = await running(person, '__slow__ gone');
  await broker.restart({ FAL_KEY: '' });
  try {
    const due = { key: `due:{${person.poolId}}`, hold: `h:{${person.poolId}}:${id}` };
    await broker.redis.zAdd(due.key, { score: 1, value: id });
    await broker.redis.hSet(due.hold, 'due', '1');
    const ended = await finished(person, id);
    expect(ended.generation).toMatchObject({ state: 'failed', charged: 0, failure: { reason: 'model_gone' } });
    expect(ended.balance).toMatchObject({ available: 10_000, held: 0 });
    expect(await broker.redis.zScore('orphans', id)).not.toBeNull();
    expect(await auditPool(broker.redis, person.poolId)).toEqual([]);
  } finally {
    await broker.restart();
  }
}, 60_000);

test('a record that cannot be read holds up no other, and is given back once its time is over', async () => {
  const [broken, sound] = [await broker.person(10), await broker.person(10)];
  const unreadable = await running(broken, '__slow__ unreadable');
  const prompt = '__slow__ readable';
  const readable = await running(sound, prompt);
  const hold = `h:{${broken.poolId}}:${unreadable}`;
  await broker.redis.hSet(hold, { 'r:settings': '{', due: '1' });
  await broker.redis.zAdd(`due:{${broken.poolId}}`, { score: 1, value: unreadable });
  await broker.restart();
  broker.fal.jobs.finish();
  expect((await finished(sound, readable)).generation.state).toBe('succeeded');
  await expect.poll(() => broken.available(), { timeout: 15_000 }).toBe(10_000);
  expect(await broker.redis.zScore('orphans', unreadable)).not.toBeNull();
  expect(await auditPool(broker.redis, broken.poolId)).toEqual([]);
}, 60_000);

test('a hold that nobody can act on any more has the operator called, and holds up no other of its pool', async () => {
  const person = await broker.person(10);
  const [lost, other] = [await running(person, '__slow__ lost'), await running(person, '__slow__ other')];
  await broker.redis.hSet(`h:{${person.poolId}}:${lost}`, 'stage', 'dreaming');
  const alarms = async () => (await fetch(`${broker.url}/metrics`)).text();
  await expect.poll(alarms, { timeout: 30_000 }).toContain('inkpot_alarms_total{kind="broken_pool"}');
  broker.fal.jobs.finish();
  expect((await finished(person, other)).generation.state).toBe('succeeded');
}, 60_000);

test('an announcement that is none of ours does not end the process', async () => {
  const person = await broker.person(10);
  const id = await running(person, '__slow__ announcement');
  const stream = await person.request(`/v1/generations/${id}/events`);
  for (const message of ['', '{', '{"progress":7}', 'null']) await broker.redis.publish(`generation:${id}`, message);
  broker.fal.jobs.finish();
  expect(await stream.text()).toContain('"state":"succeeded"');
});

test('ids with characters that look like others are unknown, not an error', async () => {
  const person = await broker.person(0);
  const lookalike = `${person.poolId.slice(0, 25)}\u017f-${person.poolId}`;
  for (const id of [lookalike, 'x'.repeat(5_000), '%00', '..%2f..', `${person.poolId}-${person.poolId}`]) {
    const response = await person.request(`/v1/generations/${encodeURI(id)}`);
    expect(response.status, id).toBe(404);
  }
  expect((await person.request('/v1/generations/%')).status).toBe(400);
});
