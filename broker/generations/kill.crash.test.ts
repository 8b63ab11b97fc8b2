import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GenerationAnswer, isFinal } from '../../shared/api/generations.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { createLedger, type GenerationRecord, type Ledger } from '../ledger/index.ts';
import { type FakeFal, startFakeFal } from '../providers/fal/fake-server.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { type EmbeddedRedis, startEmbeddedRedis } from '../redis/embedded.ts';
import { freePort } from '../redis/free-port.ts';
import { type BrokerProcess, startBrokerProcess } from '../testing/broker-process.ts';
import { createPerson, type Person } from '../testing/person.ts';

/** Kills in one run; `INKPOT_CRASH_ROUNDS` for a longer one. */
const ROUNDS = Number(process.env.INKPOT_CRASH_ROUNDS ?? 30);

const SEED = Number(process.env.INKPOT_CRASH_SEED ?? Date.now() % 2 ** 31);

const logger = pino({ level: 'silent' });
let dataDir: string;
let embedded: EmbeddedRedis;
let redis: RedisClient;
let ledger: Ledger;
let fal: FakeFal;
let broker: BrokerProcess;
let env: Record<string, string>;
let person: Person;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'inkpot-crash-'));
  embedded = await startEmbeddedRedis({ dataDir: join(dataDir, 'redis'), logger });
  redis = await connectRedis({ url: embedded.url, name: 'crash-test', logger });
  ledger = createLedger(redis);
  fal = await startFakeFal();
  const port = String(await freePort());
  env = {
    PORT: port,
    REDIS_URL: embedded.url,
    INKPOT_DATA_DIR: dataDir,
    FAL_KEY: 'test-key',
    FAL_BASE_URL: fal.url,
    LOG_LEVEL: 'warn',
  };
  broker = await startBrokerProcess(env);
  person = await createPerson(redis, `http://localhost:${port}`, 'ada@example.com');
  await person.topUp(1_000);
});

afterAll(async () => {
  await broker?.kill();
  redis?.destroy();
  await fal?.close();
  await embedded?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const REQUESTS: readonly { model: string; prompt: string; pixels: [number, number]; count: number }[] = [
  { model: 'sketch', prompt: 'waves', pixels: [640, 480], count: 1 },
  { model: 'sketch', prompt: 'two hills', pixels: [1_600, 1_200], count: 2 },
  { model: 'seedream-5-lite', prompt: 'a fox', pixels: [2_560, 1_440], count: 1 },
  { model: 'seedream-5-lite', prompt: 'a fox __partial__', pixels: [2_560, 1_440], count: 3 },
  { model: 'seedream-5-lite', prompt: 'a fox __fail__', pixels: [2_560, 1_440], count: 1 },
  { model: 'seedream-5-lite', prompt: 'a fox __500_after_accept__', pixels: [2_560, 1_440], count: 1 },
];

/** What is clicked, and who is killed as soon as one of these generations has come so far. */
const round = fc.record({
  asked: fc.array(fc.constantFrom(...REQUESTS), { minLength: 3, maxLength: 3 }),
  moment: fc.constantFrom('queued', 'submitting', 'submitted', 'storing', 'settled'),
  victim: fc.constantFrom('broker', 'broker', 'redis', 'both'),
});

test(`after ${ROUNDS} kills of the broker at every state and of Redis at random, money and jobs agree (seed ${SEED})`, async () => {
  const acknowledged = new Set<string>();
  for (const { moment, asked, victim } of fc.sample(round, { numRuns: ROUNDS, seed: SEED })) {
    const clicks = asked.map((request) => click(request.model, settingsOf(request), acknowledged));
    await until(moment);
    if (victim !== 'broker') process.kill(await redisPid(), 'SIGKILL');
    if (victim !== 'redis') {
      await broker.kill();
      // As whoever supervises it would: a Redis that died often comes back slower than one start waits for it.
      broker = await untilAnswered(() => startBrokerProcess(env));
    }
    await Promise.all(clicks);
  }

  await expect.poll(async () => (await openHolds()).length, { timeout: 60_000, interval: 250 }).toBe(0);
  expect(await auditPool(redis, person.poolId)).toEqual([]);

  const records = await allGenerations();
  expect(acknowledged.size).toBeGreaterThanOrEqual(ROUNDS);
  const ids = new Set(records.map(({ generationId }) => generationId));
  expect(
    [...acknowledged].filter((id) => !ids.has(id)),
    'every acknowledged generation is there',
  ).toEqual([]);
  expect(records.filter(({ state }) => !isFinal(state))).toEqual([]);
  expect(records.filter(({ hold }) => hold === 'held')).toEqual([]);

  const spent = records.reduce((total, { captured }) => total + captured, 0);
  expect(await person.available(), 'topped up = left + charged').toBe(1_000_000 - spent);
  for (const record of records) expectConsistent(record);
  expect(sentTwice(), 'no paid call is made twice').toEqual([]);
});

/** One click as the plugin makes it: one quote, and the same request with the same key until there is an answer. */
async function click(model: string, settings: Settings, acknowledged: Set<string>): Promise<void> {
  const { token } = await untilAnswered(() => person.quote(model, settings));
  const request = {
    method: 'POST',
    body: JSON.stringify({ quote: token, settings }),
    headers: { 'Idempotency-Key': randomUUID() },
  };
  const answer = await untilAnswered(async () => {
    const response = await person.request('/v1/generations', request);
    // So many are open while brokers die that the pool's limit may be reached: an answer too, and it holds nothing.
    if (response.status === 429) return null;
    if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
    return GenerationAnswer.parse(await response.json());
  });
  if (answer) acknowledged.add(answer.generation.id);
}

/** How long a broker may be away, in ms. */
const PATIENCE = 30_000;

async function untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Waits until some generation has come to the moment, or a while if none does. */
async function until(moment: string): Promise<void> {
  const end = Date.now() + 2_000;
  const earlier = new Set((await allGenerations().catch(() => [])).map(({ generationId }) => generationId));
  while (Date.now() < end) {
    const records = await allGenerations().catch(() => []);
    const fresh = records.filter(({ generationId, hold }) => hold === 'held' || !earlier.has(generationId));
    if (fresh.some(({ stage, hold }) => (moment === 'settled' ? hold !== 'held' : hold === 'held' && stage === moment)))
      return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function settingsOf({ prompt, pixels: [width, height], count }: (typeof REQUESTS)[number]): Settings {
  return { prompt: `${prompt} ${randomUUID()}`, size: { kind: 'pixels', width, height }, count };
}

async function openHolds() {
  return ledger.listOpenHolds(person.poolId).catch(() => [null]);
}

function allGenerations(): Promise<GenerationRecord[]> {
  return ledger.listGenerations(person.poolId, { limit: 10_000 });
}

function expectConsistent({ state, hold, captured, ceiling, fields }: GenerationRecord): void {
  expect(hold).toBe(state === 'succeeded' ? 'captured' : 'released');
  expect(captured).toBeLessThanOrEqual(ceiling);
  expect(captured > 0).toBe(state === 'succeeded');
  expect(fields.outputs !== undefined).toBe(state === 'succeeded');
}

/** Every prompt is used once, so two jobs with one prompt are one generation that was sent twice. */
function sentTwice(): string[] {
  const prompts = fal.jobs.all.map(({ prompt }) => prompt);
  return prompts.filter((prompt, index) => prompts.indexOf(prompt) !== index);
}

async function redisPid(): Promise<number> {
  const info = await untilAnswered(() => redis.info('server'));
  const pid = /process_id:(\d+)/.exec(info)?.[1];
  if (!pid) throw new Error('Redis does not say its process id');
  return Number(pid);
}
