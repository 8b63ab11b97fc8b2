import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_TARIFF } from '../../shared/catalogue/tariff.ts';
import { credits } from '../../shared/credits.ts';
import { createLimits } from '../limits/limits.ts';
import { createSpending } from '../limits/spending.ts';
import { offerOf } from '../models/offer.ts';
import { createSketch } from '../providers/sketch/adapter.ts';
import { type CreateOptions, createGeneration } from './create-generation.ts';
import { newSuffix } from './generation-id.ts';
import { startTestRun, type TestRun } from './test-run.ts';

let house: TestRun;
beforeAll(async () => {
  house = await startTestRun();
});
afterAll(() => house.close());

test('two requests at once under one key hold once, and count once what the provider may bill', async () => {
  const { poolId } = await house.queued();
  let now = Date.parse('2026-11-22T12:00:00Z');
  const clock = () => ++now;
  const spending = createSpending({
    redis: house.redis,
    most: { perMinute: 1, perDay: 1 },
    alarms: house.alarms,
    clock,
  });
  const paid = { ...createSketch(), submitIsRepeatable: false };
  const providers = new Map([[paid.name, paid]]);
  const sketch = house.options.models.get('sketch');
  if (!sketch) throw new Error('sketch is in the catalogue');
  const options: CreateOptions = {
    ledger: house.ledger,
    store: house.store,
    jobs: { serves: () => true, enqueue: async () => {}, hurry: async () => {}, close: async () => {} },
    limits: createLimits(house.redis, { address: 100, account: 100, pool: 100 }),
    spending,
    tariff: DEFAULT_TARIFF,
    offered: { offerOf: () => offerOf(sketch, providers, '2026-11-22') ?? undefined },
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
  const ask = () => createGeneration(options, account, attempt, request);
  const [one, other] = await Promise.all([ask(), ask()]);
  expect(other.generation.generationId).toBe(one.generation.generationId);
  expect(await house.ledger.readPool(poolId)).toMatchObject({ held: credits(6) });
  // $0.20 of the $1 are reserved.
  expect(await spending.reserve(700_000)).toMatchObject({ microUsd: 700_000 });
});
