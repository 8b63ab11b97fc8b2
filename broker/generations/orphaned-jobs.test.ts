import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { InkpotError } from '../../shared/errors.ts';
import { reportOrphans } from '../admin/orphan-report.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import type { CancelOutcome, Provider, ProviderJob } from '../providers/provider.ts';
import { createSketch } from '../providers/sketch/adapter.ts';
import { runGeneration } from './run-generation.ts';
import type { RunOptions } from './step.ts';
import { startTestRun, type TestRun } from './test-run.ts';

const never = new AbortController().signal;
const JOB: ProviderJob = { id: 'job-1' };

let house: TestRun;
beforeAll(async () => {
  house = await startTestRun();
});
afterAll(() => house.close());

/** A provider that is paid, and takes the job while something happens to its generation. */
function slow({ meanwhile, cancel = 'running_on' }: { meanwhile: () => Promise<unknown>; cancel?: CancelOutcome }) {
  const stopped: ProviderJob[] = [];
  const provider: Provider = {
    ...createSketch(),
    submitIsRepeatable: false,
    async submit() {
      await meanwhile();
      return { state: 'submitted', job: JOB };
    },
    async cancel(job) {
      stopped.push(job);
      return cancel;
    },
  };
  const run: RunOptions = { ...house.options, providers: new Map([['sketch', provider]]) };
  return { run, provider, stopped };
}

async function listedJobs(generationId: string): Promise<unknown[]> {
  const lines: Record<string, unknown>[] = [];
  await reportOrphans(house.redis, house.ledger, (line) => void lines.push({ ...line }));
  const listed = lines.filter((line) => line.generationId === generationId);
  return listed.map(({ job, why, stopped }) => ({ job, why, ...(stopped === true && { stopped }) }));
}

/** By another broker, which took this one for dead. */
const takenForDead = (generationId: string) =>
  runGeneration(slow({ meanwhile: async () => 0 }).run, generationId, 0, never);

async function giveBack(generationId: string): Promise<void> {
  const found = await house.store.find(generationId);
  if (!found) throw new Error('the generation is gone');
  const { poolId, memberId } = found;
  await house.ledger.release({
    poolId,
    generationId,
    memberId,
    state: 'failed',
    reason: 'model_gone',
    actor: 'sweeper',
  });
}

test.each([
  ['by a broker that took its worker for dead', 'interrupted', takenForDead],
  ['by the sweeper of a broker that does not know its provider', 'model_gone', giveBack],
] as const)(
  'a job whose generation was given up while it was being sent, %s, is stopped, and listed with its id and its provider’s word',
  async (_how, why, meanwhile) => {
    const { poolId, generationId } = await house.queued();
    const { run, stopped } = slow({ meanwhile: () => meanwhile(generationId), cancel: 'cancelled' });
    expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
    expect(stopped).toEqual([JOB]);
    expect(await listedJobs(generationId)).toEqual([{ job: JOB, why, stopped: true }]);
    expect(await house.store.find(generationId)).toMatchObject({ hold: 'released', state: 'failed', captured: 0 });
    expect(await house.ledger.readPool(poolId)).toMatchObject({ available: 10_000, held: 0 });
    expect(await house.redis.zScore('slots:{sketch}', `ada ${generationId}`), 'its slot is free').toBeNull();
    expect(await auditPool(house.redis, poolId)).toEqual([]);
  },
);

test.each([
  ['at work', async () => undefined, JOB],
  ['on its way there', () => Promise.reject(new Error('killed')), null],
])('a job that was %s when its provider was taken out of the configuration is listed', async (_how, meanwhile, job) => {
  const { poolId, generationId } = await house.queued();
  await runGeneration(slow({ meanwhile }).run, generationId, 0, never).catch(() => undefined);
  const without = { ...house.options, providers: new Map<string, Provider>() };
  expect(await runGeneration(without, generationId, 0, never)).toEqual({ done: true });
  expect(await listedJobs(generationId)).toEqual([{ job, why: 'model_gone' }]);
  expect(await house.ledger.readPool(poolId)).toMatchObject({ available: 10_000, held: 0 });
});

test('it is listed and noted although Redis was away when the job came', async () => {
  const { generationId } = await house.queued();
  let away = 2;
  const { run, stopped } = slow({ meanwhile: () => giveBack(generationId) });
  const note: typeof house.ledger.note = async (command) => {
    if (away-- > 0) throw new InkpotError('broker_busy');
    return house.ledger.note(command);
  };
  await runGeneration({ ...run, ledger: { ...house.ledger, note } }, generationId, 0, never);
  expect(await listedJobs(generationId)).toEqual([{ job: JOB, why: 'model_gone' }]);
  expect(stopped).toEqual([JOB]);
});

test('what a job that could not be stopped delivers all the same is the person’s, free of charge', async () => {
  const { poolId, generationId } = await house.queued();
  const sketch = createSketch();
  const { run, provider } = slow({ meanwhile: () => takenForDead(generationId) });
  const own: Partial<Provider> = {
    async submit(...asked) {
      await provider.submit(...asked);
      return sketch.submit(...asked);
    },
    poll: sketch.poll,
  };
  const providers = new Map([['sketch', { ...provider, ...own }]]);
  await runGeneration({ ...run, providers }, generationId, 0, never);
  // As its webhook has it asked once more.
  const isThere = async () => {
    await runGeneration({ ...run, providers }, generationId, 0, never);
    return (await house.store.find(generationId))?.isLate;
  };
  await vi.waitUntil(isThere, { timeout: 10_000, interval: 20 });
  expect(await house.store.find(generationId)).toMatchObject({ state: 'succeeded', hold: 'released', captured: 0 });
  expect(await house.ledger.readPool(poolId)).toMatchObject({ available: 10_000, held: 0, spent: 0 });
  expect(await auditPool(house.redis, poolId)).toEqual([]);
});

test('a wish to cancel that comes while the job is being sent stops the job: nothing is charged, nothing is listed', async () => {
  const { poolId, generationId } = await house.queued();
  const wish = async () => {
    const found = await house.store.find(generationId);
    if (found) await house.store.setCancellation(found, 'requested');
  };
  const { run, stopped } = slow({ meanwhile: wish, cancel: 'cancelled' });
  expect(await runGeneration(run, generationId, 0, never)).toMatchObject({ done: false });
  expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
  expect(stopped).toEqual([JOB]);
  expect(await house.store.find(generationId)).toMatchObject({ state: 'cancelled', hold: 'released' });
  expect(await house.ledger.readPool(poolId)).toMatchObject({ available: 10_000, held: 0 });
  expect(await listedJobs(generationId)).toEqual([]);
});
