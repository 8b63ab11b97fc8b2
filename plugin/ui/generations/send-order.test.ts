import { afterEach, beforeEach, expect, test } from 'vitest';
import { credits, millicredits } from '../../../shared/credits.ts';
import { InkpotError } from '../../../shared/errors.ts';
import { type FakeBroker, startFakeBroker } from '../../fake-broker/fake-broker.ts';
import { createBroker } from '../api/broker.ts';
import { createHttp } from '../api/http.ts';
import type { Order } from './order.ts';
import { sendOrder } from './send-order.ts';

let fake: FakeBroker;
let order: Order;

beforeEach(async () => {
  fake = await startFakeBroker();
  fake.knobs.pace = 'by-hand';
  const settings = { prompt: 'p', size: { kind: 'pixels', width: 64, height: 64 }, count: 1 } as const;
  const { token, ceiling } = await broker().quote({ poolId: 'pool_1', modelId: 'sketch', settings });
  order = {
    poolId: 'pool_1',
    modelId: 'sketch',
    modelName: 'Sketch',
    ceiling,
    targetId: null,
    width: 64,
    height: 64,
    request: { quote: token, settings },
  };
});

afterEach(() => fake.close());

function broker() {
  const tokens = { access: async () => 'token', renew: async () => 'token' };
  return createBroker(createHttp({ baseUrl: fake.url, fetch, tokens }));
}

const send = () => sendOrder({ broker: broker(), wait: async () => undefined }, 'ticket', order);
const keys = () => fake.requests.filter(({ line }) => line === 'POST /v1/generations').map(({ key }) => key);

test('case 25: an order whose answer was lost is sent again with its key, and paid once', async () => {
  fake.knobs.faults.push({ path: /POST .*generations/, fault: 'cut-after' });
  const { generation } = await send();
  expect(keys()).toEqual(['ticket', 'ticket']);
  expect(fake.generations.size).toBe(1);
  expect(fake.generations.has(generation.id)).toBe(true);
  expect(fake.knobs.available).toBe(millicredits(credits(200) - order.ceiling));
});

test('case 25: an order that never got through can be sent again later with the same key', async () => {
  for (let attempt = 0; attempt < 4; attempt++) fake.knobs.faults.push({ path: /generations/, fault: 'cut' });
  await expect(send()).rejects.toMatchObject({ kind: 'unreachable' });
  await send();
  expect(new Set(keys())).toEqual(new Set(['ticket']));
  expect(fake.generations.size).toBe(1);
});

test('a busy broker is asked again', async () => {
  fake.knobs.faults.push({ path: /generations/, fault: new InkpotError('broker_busy') });
  fake.knobs.faults.push({ path: /generations/, fault: new InkpotError('idempotency_key_in_use') });
  await send();
  expect(keys()).toHaveLength(3);
});

test('a refusal is final', async () => {
  fake.knobs.available = millicredits(0);
  await expect(send()).rejects.toMatchObject({ code: 'insufficient_credits' });
  expect(keys()).toHaveLength(1);
});
