import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweep } from './sweep.ts';
import { startTestRun, type TestRun } from './test-run.ts';

let house: TestRun;
beforeAll(async () => {
  house = await startTestRun();
});
afterAll(() => house.close());

/** Sweeps, and tells what was open and what was queued again. */
async function swept(known: ReadonlySet<string> | null) {
  const queued: string[] = [];
  const jobs = {
    serves: () => true,
    enqueue: async ({ generationId }: { generationId: string }) => void queued.push(generationId),
  };
  const { spending } = house.options;
  const options = { ...house.options, spending, jobs, alarms: house.alarms };
  const open = await sweep(options, new Set(), known, new AbortController().signal);
  return { open, queued };
}

test('a hold that nobody has queued is queued by the second sweep that finds it, and by the first one after a start', async () => {
  const before = await swept(null);
  const { generationId } = await house.queued();
  const first = await swept(before.open);
  expect([first.open.has(generationId), first.queued.includes(generationId)]).toEqual([true, false]);
  expect((await swept(first.open)).queued).toContain(generationId);
  expect((await swept(null)).queued).toContain(generationId);
});
