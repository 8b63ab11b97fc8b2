import { afterAll, beforeAll, expect, test } from 'vitest';
import { picoUsd } from '../../shared/catalogue/pico-usd.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import type { Ledger } from '../ledger/index.ts';
import { ANSWERS_AT_ONCE, type Provider } from '../providers/provider.ts';
import { sampleImage } from '../providers/sample-image.ts';
import { createSketch } from '../providers/sketch/adapter.ts';
import { runGeneration } from './run-generation.ts';
import type { RunOptions } from './step.ts';
import { startTestRun, type TestRun } from './test-run.ts';

const never = new AbortController().signal;

let house: TestRun;
beforeAll(async () => {
  house = await startTestRun();
});
afterAll(() => house.close());

/** sketch, as a provider that works while the caller waits. */
function direct(uncertain?: number): RunOptions & { asked: () => number } {
  let asked = 0;
  const provider: Provider = {
    ...createSketch(),
    ...ANSWERS_AT_ONCE,
    submitIsRepeatable: false,
    async submit(request) {
      asked += 1;
      const bytes = await sampleImage(request.size ?? { width: 64, height: 64 })
        .png()
        .toBuffer();
      const cost = { kind: 'usd', usd: 0.02 } as const;
      return { state: 'succeeded', outputs: [{ bytes, seed: 7 }], cost, ...(uncertain && { uncertain }) };
    },
  };
  return { ...house.options, providers: new Map([['sketch', provider]]), asked: () => asked };
}

test('what a provider hands over in its answer is kept, charged for and cleared away in one step', async () => {
  const { poolId, generationId } = await house.queued();
  const run = direct();
  expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
  expect(await house.store.find(generationId)).toMatchObject({ state: 'succeeded', captured: 500 });
  expect(await run.assets.readDelivery(generationId)).toBeNull();
  expect(await auditPool(house.redis, poolId)).toEqual([]);
});

test('a broker that dies with the answer in its hands leaves it to the next, and nothing is paid for twice', async () => {
  const { poolId, generationId } = await house.queued();
  const dies: Ledger['advance'] = async (move) => {
    if (move.stage === 'storing') throw new Error('killed');
    return house.ledger.advance(move);
  };
  const run = direct();
  await expect(
    runGeneration({ ...run, ledger: { ...house.ledger, advance: dies } }, generationId, 0, never),
  ).rejects.toThrow('killed');
  expect(await house.store.find(generationId)).toMatchObject({ hold: 'held', stage: 'submitted' });
  expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
  expect(await house.store.find(generationId)).toMatchObject({
    state: 'succeeded',
    captured: 500,
    details: { outputs: [{ seed: 7 }], cost: { picoUsd: picoUsd(0.02), reported: true } },
  });
  expect(run.asked()).toBe(1);
  expect(await auditPool(house.redis, poolId)).toEqual([]);
});

test('what a broker that died after the charge had not cleared away is cleared away by the next', async () => {
  const { poolId, generationId } = await house.queued();
  const run = direct();
  const dropDelivery = () => Promise.reject(new Error('killed'));
  const dying = { ...run, assets: { ...run.assets, dropDelivery } };
  await expect(runGeneration(dying, generationId, 0, never)).rejects.toThrow('killed');
  expect(await house.store.find(generationId)).toMatchObject({ state: 'succeeded', captured: 500 });
  expect(await run.assets.readDelivery(generationId)).not.toBeNull();
  expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
  expect(await run.assets.readDelivery(generationId)).toBeNull();
  expect(await auditPool(house.redis, poolId)).toEqual([]);
});

test('a delivery that was lost with its disk gives everything back and is listed as the house’s', async () => {
  const { generationId } = await house.queued();
  const run = direct();
  const dies: Ledger['advance'] = (move) =>
    move.stage === 'storing' ? Promise.reject(new Error('killed')) : house.ledger.advance(move);
  await runGeneration({ ...run, ledger: { ...house.ledger, advance: dies } }, generationId, 0, never).catch(
    () => undefined,
  );
  await run.assets.dropDelivery(generationId);
  expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
  expect(await house.store.find(generationId)).toMatchObject({ hold: 'released', reason: 'interrupted' });
  expect(await house.redis.zScore('orphans', generationId)).not.toBeNull();
});

test('a call beside the delivery whose outcome nobody knows is listed as the house’s, across a crash', async () => {
  const { generationId } = await house.queued();
  const run = direct(1);
  const dies: Ledger['advance'] = (move) =>
    move.stage === 'storing' ? Promise.reject(new Error('killed')) : house.ledger.advance(move);
  await runGeneration({ ...run, ledger: { ...house.ledger, advance: dies } }, generationId, 0, never).catch(
    () => undefined,
  );
  expect(await house.redis.zScore('orphans', generationId)).toBeNull();
  expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
  expect(await house.store.find(generationId)).toMatchObject({ state: 'succeeded', captured: 500 });
  expect(await house.redis.zScore('orphans', generationId)).not.toBeNull();
});

test('what may be billed beside a delivery is listed though the broker dies as soon as that is paid for', async () => {
  const { generationId } = await house.queued();
  const dies: Ledger['capture'] = async (capture) => {
    await house.ledger.capture(capture);
    throw new Error('killed');
  };
  const run = { ...direct(1), ledger: { ...house.ledger, capture: dies } };
  await expect(runGeneration(run, generationId, 0, never)).rejects.toThrow('killed');
  expect(await house.store.find(generationId)).toMatchObject({ state: 'succeeded', captured: 500 });
  expect(await house.redis.zScore('orphans', generationId)).not.toBeNull();
});

test('a broker that dies before it could note that it has the answer leaves it to the next all the same', async () => {
  const { poolId, generationId } = await house.queued();
  const dies: Ledger['advance'] = (move) =>
    move.stage === 'submitted' ? Promise.reject(new Error('killed')) : house.ledger.advance(move);
  const run = direct();
  await expect(
    runGeneration({ ...run, ledger: { ...house.ledger, advance: dies } }, generationId, 0, never),
  ).rejects.toThrow('killed');
  expect(await house.store.find(generationId)).toMatchObject({ hold: 'held', stage: 'submitting' });
  expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
  expect(await house.store.find(generationId)).toMatchObject({ state: 'succeeded', captured: 500 });
  expect(await run.assets.readDelivery(generationId)).toBeNull();
  expect(await house.redis.zScore('orphans', generationId)).toBeNull();
  expect(run.asked()).toBe(1);
  expect(await auditPool(house.redis, poolId)).toEqual([]);
});

test('an answer that comes after its generation was given up is the person’s, free of charge', async () => {
  const { poolId, generationId } = await house.queued();
  const run = direct();
  const sketch = run.providers.get('sketch');
  if (!sketch) throw new Error('sketch draws here');
  const slow: Provider = {
    ...sketch,
    async submit(request, signal) {
      await runGeneration(run, generationId, 0, never);
      return sketch.submit(request, signal);
    },
  };
  await runGeneration({ ...run, providers: new Map([['sketch', slow]]) }, generationId, 0, never);
  expect(await house.store.find(generationId)).toMatchObject({
    hold: 'released',
    state: 'succeeded',
    isLate: true,
    captured: 0,
  });
  expect(await run.assets.readDelivery(generationId)).toBeNull();
  expect(await house.redis.zScore('orphans', generationId)).not.toBeNull();
  expect(await auditPool(house.redis, poolId)).toEqual([]);
});

test('a picture that cannot be stored at once is tried again, however long its generation had waited before', async () => {
  const { generationId } = await house.queued();
  house.pass(16 * 60_000);
  const run = direct();
  const full = { ...run.assets, receive: () => Promise.reject(new Error('no space left on device')) };
  await expect(runGeneration({ ...run, assets: full }, generationId, 0, never)).rejects.toThrow('no space left');
  expect(await house.store.find(generationId)).toMatchObject({ hold: 'held', stage: 'storing' });
  expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
  expect(await house.store.find(generationId)).toMatchObject({ state: 'succeeded', captured: 500 });
});

test('a generation that waited too long and cannot be sent is no job that its provider may bill', async () => {
  const { generationId } = await house.queued();
  house.pass(16 * 60_000);
  const run = { ...direct(), uploads: { load: () => Promise.reject(new Error('the disk is away')) } };
  expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
  expect(await house.store.find(generationId)).toMatchObject({ hold: 'released', reason: 'timeout' });
  expect(await house.redis.zScore('orphans', generationId)).toBeNull();
});
