import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPools } from '../pools/pools.ts';
import { type CancelOutcome, type Provider, ProviderFault } from '../providers/provider.ts';
import { createSketch } from '../providers/sketch/adapter.ts';
import { cancelGeneration } from './cancel-generation.ts';
import type { StoredGeneration } from './generation.ts';
import { runGeneration } from './run-generation.ts';
import type { RunOptions } from './step.ts';
import { startTestRun, type TestRun } from './test-run.ts';

const never = new AbortController().signal;

let house: TestRun;
beforeAll(async () => {
  house = await startTestRun();
});
afterAll(() => house.close());

async function found(generationId: string): Promise<StoredGeneration> {
  const generation = await house.store.find(generationId);
  if (!generation) throw new Error('the generation is gone');
  return generation;
}

async function cancel(generationId: string, accountId: string): Promise<void> {
  const { ledger, store, options } = house;
  const pools = createPools({ redis: house.redis, ledger });
  const cancelOptions = { ...options, store, pools, jobs: { hurry: async () => undefined } };
  await cancelGeneration(cancelOptions, await found(generationId), accountId);
}

test('a provider that cannot be reached has not said that it is too late: it is asked again, and the job is stopped', async () => {
  const { poolId, generationId } = await house.queued();
  let isAway = true;
  const provider: Provider = {
    ...createSketch(),
    submitIsRepeatable: false,
    submit: async () => ({ state: 'submitted', job: { id: 'job-1' } }),
    poll: async () => {
      if (isAway) throw new ProviderFault('provider_error', { cause: 'no way there', outcomeUnknown: true });
      return { state: 'running', progress: null };
    },
    // As adapters answer to whatever goes wrong.
    cancel: async (): Promise<CancelOutcome> => (isAway ? 'running_on' : 'cancelled'),
  };
  const run: RunOptions = { ...house.options, providers: new Map([['sketch', provider]]) };
  await runGeneration(run, generationId, 0, never);
  await cancel(generationId, 'ada');
  expect(await runGeneration(run, generationId, 0, never)).toMatchObject({ done: false });
  expect((await found(generationId)).details.cancellation).toBe('requested');
  isAway = false;
  expect(await runGeneration(run, generationId, 1, never)).toEqual({ done: true });
  expect(await found(generationId)).toMatchObject({ state: 'cancelled', hold: 'released' });
  expect(await house.ledger.readPool(poolId)).toMatchObject({ available: 10_000, held: 0 });
});

test('what somebody has asked for is cancelled by them and by those who run the pool, and by no other member', async () => {
  const { poolId, generationId } = await house.queued();
  for (const [memberId, role] of [
    ['bob', 'member'],
    ['cleo', 'admin'],
  ] as const) {
    const terms = { role, cap: null };
    await house.ledger.setMember({ poolId, operationId: memberId, memberId, terms, actor: 'ada' });
  }
  await expect(cancel(generationId, 'bob')).rejects.toMatchObject({ code: 'forbidden' });
  expect(await found(generationId)).toMatchObject({ state: 'queued', hold: 'held' });
  await cancel(generationId, 'cleo');
  expect(await found(generationId)).toMatchObject({ state: 'cancelled', hold: 'released' });
});
