import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Route } from '../../shared/catalogue/model.ts';
import { DEFAULT_TARIFF } from '../../shared/catalogue/tariff.ts';
import { credits } from '../../shared/credits.ts';
import { createLimits } from '../limits/limits.ts';
import { createSpending } from '../limits/spending.ts';
import { offerOf } from '../models/offer.ts';
import type { Provider } from '../providers/provider.ts';
import { createSketch } from '../providers/sketch/adapter.ts';
import { type CreateOptions, createGeneration } from './create-generation.ts';
import { newSuffix } from './generation-id.ts';
import { runGeneration } from './run-generation.ts';
import { startTestRun, type TestRun } from './test-run.ts';

let house: TestRun;
beforeAll(async () => {
  house = await startTestRun();
});
afterAll(() => house.close());

let day = Date.parse('2026-11-22T12:00:00Z');

/** What making a generation of sketch needs, where up to $1 may be spent, and asking for one of at most $0.20. */
async function startAsking(providers: ReadonlyMap<string, Provider>, others: readonly Route[] = []) {
  const { poolId } = await house.queued();
  // A day of its own, so that no two tests share what may be spent.
  day += 86_400_000;
  let now = day;
  const clock = () => ++now;
  const spending = createSpending({
    redis: house.redis,
    most: { perMinute: 1, perDay: 1 },
    alarms: house.alarms,
    clock,
  });
  const sketch = house.options.models.get('sketch');
  if (!sketch) throw new Error('sketch is in the catalogue');
  const model = { ...sketch, routes: [...sketch.routes, ...others] };
  const options: CreateOptions = {
    ledger: house.ledger,
    store: house.store,
    jobs: { serves: () => true, enqueue: async () => {}, hurry: async () => {}, close: async () => {} },
    limits: createLimits(house.redis, { address: 100, account: 100, pool: 100 }),
    spending,
    tariff: DEFAULT_TARIFF,
    offered: { offerOf: () => offerOf(model, providers, '2026-11-22') ?? undefined },
    providers,
    uploads: house.uploads,
    readQuote: async () => ({ poolId, modelId: 'sketch', ceiling: credits(5), expired: false }),
    requireSafe: () => {},
    clock,
  };
  const account = { accountId: 'ada', name: 'Ada' } as Parameters<typeof createGeneration>[1];
  const attempt = { id: newSuffix(now), isFirst: true, hash: 'request' };
  const size = { kind: 'pixels', width: 64, height: 64 } as const;
  const request = { quote: 'q', settings: { prompt: 'waves', size, count: 1, references: [] } };
  return { poolId, spending, ask: () => createGeneration(options, account, attempt, request) };
}

const own = createSketch();
const never = new AbortController().signal;

test('two requests at once under one key hold once, and count once what the provider may bill', async () => {
  const { poolId, spending, ask } = await startAsking(new Map([[own.name, { ...own, submitIsRepeatable: false }]]));
  const [one, other] = await Promise.all([ask(), ask()]);
  expect(other.generation.generationId).toBe(one.generation.generationId);
  expect(await house.ledger.readPool(poolId)).toMatchObject({ held: credits(6) });
  // $0.20 of the $1 are reserved.
  expect(await spending.reserve(700_000)).toMatchObject({ microUsd: 700_000 });
});

test('what may go on from the operator’s own machine to a provider that bills counts as what that may bill', async () => {
  const paid = { ...own, name: 'fal', submitIsRepeatable: false } as const;
  const providers = new Map<string, Provider>([
    [own.name, own],
    [paid.name, paid],
  ]);
  const { spending, ask } = await startAsking(providers, [{ provider: 'fal', path: 'sketch' }]);
  const { generation } = await ask();
  expect(generation.details.route.provider).toBe('sketch');
  expect(generation.details.otherPaths).toMatchObject([{ route: { provider: 'fal' } }]);
  await expect(spending.reserve(900_000)).rejects.toMatchObject({ code: 'spending_paused' });

  // Nobody bills what the own machine has delivered after all.
  const run = { ...house.options, providers, spending };
  const isEnded = async () => (await runGeneration(run, generation.generationId, 0, never)).done;
  await vi.waitUntil(isEnded, { timeout: 10_000, interval: 20 });
  expect(await house.store.find(generation.generationId)).toMatchObject({ state: 'succeeded', hold: 'captured' });
  expect(await spending.reserve(900_000)).toMatchObject({ microUsd: 900_000 });
});
