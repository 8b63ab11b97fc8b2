import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { createSketch } from '../providers/sketch/adapter.ts';
import { runGeneration } from './run-generation.ts';
import type { RunOptions } from './step.ts';
import { startTestRun, type TestRun } from './test-run.ts';

const never = new AbortController().signal;

let house: TestRun;
let redis: TestRun['redis'];
let ledger: TestRun['ledger'];
let store: TestRun['store'];
let queued: TestRun['queued'];
beforeAll(async () => {
  house = await startTestRun();
  ({ redis, ledger, store, queued } = house);
});
afterAll(() => house.close());

/** sketch, as a provider that is paid: what was sent must not be sent again. */
function paid(changes: Partial<Provider>): RunOptions {
  const provider: Provider = { ...createSketch(), submitIsRepeatable: false, ...changes };
  return { ...house.options, providers: new Map([['sketch', provider]]) };
}

test('a generation that is cancelled while it waits for its turn leaves its slot to others', async () => {
  const waiting = paid({ limits: { activeJobs: 1, submitsPerMinute: 1 } });
  const [first, second] = [await queued(), await queued()];
  const [before, after] = await Promise.all([first, second].map(({ generationId }) => store.find(generationId)));
  if (!before || !after) throw new Error('both are held');
  await redis.del('slots:{sketch}');
  expect(await waiting.slots.take(before, { activeJobs: 1, submitsPerMinute: 1 })).toBe(0);
  await waiting.slots.release(before);
  expect(await runGeneration(waiting, second.generationId, 0, never)).toMatchObject({ done: false, polls: 0 });
  await ledger.release({ ...second, memberId: 'ada', state: 'cancelled', reason: 'cancelled', actor: 'ada' });
  expect(await runGeneration(waiting, second.generationId, 0, never)).toEqual({ done: true });
  expect(await waiting.slots.take(before, { activeJobs: 1, submitsPerMinute: null })).toBe(0);
});

test('the slot of a job that has ended is another’s within seconds, although its release was lost', async () => {
  await redis.del('slots:{sketch}');
  const over = paid({
    limits: { activeJobs: 1, submitsPerMinute: null },
    submit: async () => ({ state: 'submitted', job: { id: 'job-1' } }),
    poll: async () => ({ state: 'failed', reason: 'provider_error', cause: 'broken' }),
  });
  const lost = { ...over, slots: { ...over.slots, release: async () => undefined } };
  const [first, second] = [await queued(), await queued()];
  await runGeneration(lost, first.generationId, 0, never);
  const waits = { done: false, polls: 0 };
  expect(await runGeneration(over, second.generationId, 0, never), 'while the first is there').toMatchObject(waits);
  expect(await runGeneration(lost, first.generationId, 0, never)).toEqual({ done: true });
  house.pass(5_000);
  const isSent = async () => {
    await runGeneration(over, second.generationId, 0, never);
    return (await store.find(second.generationId))?.stage === 'submitted';
  };
  await vi.waitUntil(isSent, { timeout: 10_000, interval: 20 });
});
