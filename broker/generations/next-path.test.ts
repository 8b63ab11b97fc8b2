import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FailureReason } from '../../shared/failures.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { type Provider, ProviderFault } from '../providers/provider.ts';
import { createSketch } from '../providers/sketch/adapter.ts';
import { toFields } from './generation.ts';
import { runGeneration } from './run-generation.ts';
import type { RunOptions } from './step.ts';
import { startTestRun, type TestRun } from './test-run.ts';

const never = new AbortController().signal;
const elsewhere = { provider: 'bfl', path: '/v1/flux-2-pro' } as const;

let house: TestRun;
beforeAll(async () => {
  house = await startTestRun();
});
afterAll(() => house.close());

/** A generation that may go to sketch, and if that does not take it to bfl. */
async function queuedForTwo() {
  const { poolId, generationId } = await house.queued();
  const otherPaths = [{ route: elsewhere, size: { width: 64, height: 96 } }];
  await house.ledger.advance({ poolId, generationId, fields: toFields({ otherPaths }) });
  return { poolId, generationId };
}

/** sketch, as a paid provider that refuses, and bfl, as one that takes the job. */
function refusing(reason: FailureReason, { outcomeUnknown = false } = {}) {
  const asked: string[] = [];
  const isUp = new Set(['sketch', 'bfl']);
  const provider = (name: 'sketch' | 'bfl', submit: Provider['submit']): Provider => ({
    ...createSketch(),
    name,
    submitIsRepeatable: false,
    async submit(request, signal) {
      asked.push(name);
      return submit(request, signal);
    },
  });
  const options: RunOptions = {
    ...house.options,
    providers: new Map([
      ['sketch', provider('sketch', () => Promise.reject(new ProviderFault(reason, { cause: 'no', outcomeUnknown })))],
      ['bfl', provider('bfl', async () => ({ state: 'submitted', job: { id: 'job-2' } }))],
    ]),
    health: {
      isUp: (route) => isUp.has(route.provider),
      failed: () => undefined,
      succeeded: () => undefined,
    },
  };
  return { options, asked, isUp };
}

test.each(['auth', 'out_of_balance', 'model_gone', 'rate_limited', 'capacity', 'provider_error'] as const)(
  'what one provider refuses with %s goes by the next route, under the same hold',
  async (reason) => {
    const { options, asked } = refusing(reason);
    const { poolId, generationId } = await queuedForTwo();
    expect(await runGeneration(options, generationId, 0, never)).toEqual({ done: true });
    expect(await house.store.find(generationId)).toMatchObject({
      hold: 'held',
      stage: 'queued',
      ceiling: 1_000,
      details: { route: elsewhere, size: { width: 64, height: 96 }, otherPaths: [] },
    });
    expect(house.enqueued.at(-1)).toEqual(elsewhere);
    expect(await runGeneration(options, generationId, 0, never)).toMatchObject({ done: false });
    expect(await house.store.find(generationId)).toMatchObject({
      stage: 'submitted',
      details: { job: { id: 'job-2' } },
    });
    expect(asked).toEqual(['sketch', 'bfl']);
    expect(await auditPool(house.redis, poolId)).toEqual([]);
  },
);

test.each(['moderated_input', 'invalid_input'] as const)(
  'what is refused with %s would be refused anywhere: it ends, and everything is given back',
  async (reason) => {
    const { options, asked } = refusing(reason);
    const { generationId } = await queuedForTwo();
    expect(await runGeneration(options, generationId, 0, never)).toEqual({ done: true });
    expect(await house.store.find(generationId)).toMatchObject({ hold: 'released', reason });
    expect(asked).toEqual(['sketch']);
  },
);

test('what may have been taken is sent nowhere else', async () => {
  const { options, asked } = refusing('provider_error', { outcomeUnknown: true });
  const { generationId } = await queuedForTwo();
  expect(await runGeneration(options, generationId, 0, never)).toEqual({ done: true });
  expect(await house.store.find(generationId)).toMatchObject({ hold: 'released', reason: 'provider_error' });
  expect(asked).toEqual(['sketch']);
});

test('a route that is down is not asked at all; when every one is, the person hears so and pays nothing', async () => {
  const { options, asked, isUp } = refusing('capacity');
  isUp.delete('sketch');
  const first = await queuedForTwo();
  await runGeneration(options, first.generationId, 0, never);
  expect(await house.store.find(first.generationId)).toMatchObject({ hold: 'held', details: { route: elsewhere } });
  isUp.clear();
  const second = await queuedForTwo();
  await runGeneration(options, second.generationId, 0, never);
  expect(await house.store.find(second.generationId)).toMatchObject({ hold: 'released', reason: 'capacity' });
  expect(asked).toEqual([]);
});

test('a generation that waits for a slot is not sent, and can still be cancelled at once', async () => {
  const { options, asked } = refusing('capacity');
  const slots: RunOptions['slots'] = { take: async () => 500, release: async () => undefined };
  const { generationId } = await queuedForTwo();
  expect(await runGeneration({ ...options, slots }, generationId, 3, never)).toEqual({
    done: false,
    afterMs: 500,
    polls: 0,
  });
  expect(await house.store.find(generationId)).toMatchObject({ stage: 'queued', state: 'queued' });
  expect(asked).toEqual([]);
});
