import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { InkpotError } from '../../../shared/errors.ts';
import { type FakeBroker, startFakeBroker } from '../../fake-broker/fake-broker.ts';
import { createBroker } from './broker.ts';
import { createHttp } from './http.ts';

let fake: FakeBroker;

beforeAll(async () => {
  fake = await startFakeBroker();
});

afterAll(() => fake.close());

let renewed: string[];

beforeEach(() => {
  renewed = [];
});

function broker(baseUrl = fake.url) {
  const tokens = {
    access: async () => 'first',
    renew: async (refused: string) => {
      renewed.push(refused);
      return 'second';
    },
  };
  return createBroker(createHttp({ baseUrl, fetch, tokens }));
}

test('an answer is parsed', async () => {
  expect((await broker().pools()).pools[0]).toMatchObject({ id: 'pool_1', balance: { available: 200_000 } });
});

test('a refused token is renewed, and the request is sent once more', async () => {
  fake.knobs.faults.push({ path: /pools/, fault: new InkpotError('unauthenticated') });
  await broker().pools();
  expect(renewed).toEqual(['first']);
});

test('a token that is refused twice is not tried for ever', async () => {
  for (let time = 0; time < 2; time++)
    fake.knobs.faults.push({ path: /pools/, fault: new InkpotError('unauthenticated') });
  await expect(broker().pools()).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(renewed).toHaveLength(1);
});

test('a refusal keeps its code, its words and its faults', async () => {
  const faults = [{ path: 'size', message: 'Choose another.' }];
  const refusal = new InkpotError('unsupported_setting', { detail: 'Choose another.', faults, retryAfterSeconds: 3 });
  fake.knobs.faults.push({ path: /pools/, fault: refusal });
  await expect(broker().pools()).rejects.toMatchObject({
    code: 'unsupported_setting',
    message: 'Choose another.',
    details: { faults, retryAfterSeconds: 3 },
  });
});

test('a broker that is gone is unreachable, and so is one behind a proxy that says so', async () => {
  fake.knobs.faults.push({ path: /pools/, fault: 'cut' });
  await expect(broker().pools()).rejects.toMatchObject({ kind: 'unreachable' });
  await expect(broker('http://localhost:9').pools()).rejects.toMatchObject({ kind: 'unreachable' });
});

test('an answer that this version does not know is not taken for one that it does', async () => {
  const strange = await startFakeBroker((_req, res) => void res.end('{}'));
  try {
    await expect(broker(`${strange.url}/elsewhere`).pools()).rejects.toMatchObject({ kind: 'unintelligible' });
  } finally {
    await strange.close();
  }
});
