import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFinal } from '../../shared/api/generations.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { startWholeBroker, type WholeBroker } from '../testing/whole-broker.ts';

let broker: WholeBroker;

beforeAll(async () => {
  broker = await startWholeBroker();
});

afterAll(async () => {
  await broker?.stop();
});

const onFal = (prompt: string): Settings => ({
  prompt,
  size: { kind: 'pixels', width: 2_560, height: 1_440 },
  count: 1,
});

/** Longer than any drain without a stuck provider, in ms; a platform gives 30 s or more. */
const GRACE = 20_000;

test('told to end in the middle of its work, it ends streams, exits in order, and finishes everything at its next start', async () => {
  const person = await broker.person(50);
  const many = await Promise.all(
    Array.from({ length: 8 }, async (_, n) => {
      const settings: Settings = {
        prompt: `waves ${n}`,
        size: { kind: 'pixels', width: 1_024, height: 1_024 },
        count: 1,
      };
      return (await person.generate('sketch', settings)).generation.id;
    }),
  );
  const stream = await person.request(`/v1/generations/${many[7]}/events`);
  await expect
    .poll(async () =>
      (await Promise.all(many.map((id) => person.read(id)))).some(({ generation }) => generation.state !== 'queued'),
    )
    .toBe(true);

  const began = performance.now();
  const [code] = await Promise.all([broker.terminate(), stream.text()]);
  expect(code).toBe(0);
  expect(performance.now() - began).toBeLessThan(GRACE);
  expect(await auditPool(broker.redis, person.poolId)).toEqual([]);

  await broker.start();
  await expect
    .poll(
      async () =>
        (await Promise.all(many.map((id) => person.read(id)))).every(({ generation }) => isFinal(generation.state)),
      {
        timeout: 30_000,
      },
    )
    .toBe(true);
  const ended = await Promise.all(many.map((id) => person.read(id)));
  expect(ended.map(({ generation }) => generation.state)).toEqual(many.map(() => 'succeeded'));
  expect(ended[0]?.balance.held).toBe(0);
});

test('told to end while a provider works, it forgets no job and pays for none twice', async () => {
  const person = await broker.person(50);
  const { generation } = await person.generate('seedream-5-lite', onFal('__slow__'));
  await expect.poll(() => broker.fal.jobs.all.length).toBe(1);
  expect(await broker.terminate()).toBe(0);
  expect(broker.said()).not.toMatch(/could not drain|cannot go on/);

  await broker.start();
  broker.fal.jobs.finish();
  await expect
    .poll(async () => (await person.read(generation.id)).generation.state, { timeout: 30_000 })
    .toBe('succeeded');
  expect(broker.fal.jobs.all).toHaveLength(1);
  expect(await auditPool(broker.redis, person.poolId)).toEqual([]);
});
