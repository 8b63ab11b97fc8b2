import { randomUUID } from 'node:crypto';
import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InkpotError } from '../../shared/errors.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { startTestRedis } from '../redis/test-redis.ts';
import { type Answer, type Attempt, createIdempotency } from './idempotency.ts';
import { problemHandler } from './problem.ts';

const logger = pino({ level: 'silent' });

let server: Awaited<ReturnType<typeof startTestRedis>>;
const connections: RedisClient[] = [];

beforeAll(async () => {
  server = await startTestRedis();
});

afterAll(async () => {
  for (const redis of connections) redis.destroy();
  await server?.stop();
});

type Work = (attempt: Attempt) => Promise<Answer>;

/** A broker with one route that moves money, on a connection of its own. */
async function openBroker(work: Work) {
  const redis = await connectRedis({ url: server.url, name: 'test', logger });
  connections.push(redis);
  const { answerOnce } = createIdempotency(redis, logger);
  const app = express();
  app.use(express.json());
  app.post('/:account/:route', async (req, res) => {
    const { account: accountId, route } = req.params;
    await answerOnce(req, res, { accountId, route, body: req.body, newId: () => randomUUID() }, work);
  });
  app.use(problemHandler(logger));
  return (key: string | undefined, body: object = { amount: 1 }, path = '/ada/transfers') => {
    const call = request(app).post(path).send(body);
    return key === undefined ? call : call.set('Idempotency-Key', key);
  };
}

/** Work that counts how often it was done, and ends when it is told to. */
function heldWork() {
  let release: () => void = () => undefined;
  let begin: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const attempts: Attempt[] = [];
  const work: Work = async (attempt) => {
    attempts.push(attempt);
    begin();
    await released;
    return { status: 201, location: `/transfers/${attempt.id}`, body: { id: attempt.id, attempts: attempts.length } };
  };
  return { work, attempts, begun, release: () => release() };
}

test('the answer waits for what goes on while it is remembered, and a repeat finds it all the same', async () => {
  const { promise: queued, resolve: queue } = Promise.withResolvers<void>();
  const post = await openBroker(async ({ id }) => ({ status: 202, body: { id }, meanwhile: queued }));
  let answered = false;
  const first = post('k-meanwhile').then((answer) => {
    answered = true;
    return answer;
  });
  const repeat = async () => {
    for (;;) {
      const answer = await post('k-meanwhile');
      if (answer.status !== 409) return answer;
    }
  };
  expect([(await repeat()).status, answered]).toEqual([202, false]);
  queue();
  expect((await first).status).toBe(202);
});

test('a request without a key, or with one that is none, is refused before anything is done', async () => {
  const { work, attempts } = heldWork();
  const post = await openBroker(work);
  const missing = await post(undefined);
  expect([missing.status, missing.body.code]).toEqual([400, 'idempotency_key_missing']);
  for (const key of ['a b', 'x'.repeat(65), '%']) {
    expect((await post(key)).body.code).toBe('invalid_request');
  }
  expect(attempts).toEqual([]);
});

test('case 25: a repeat gets the first answer to the byte, from any broker, also after a restart', async () => {
  const { work, attempts, release } = heldWork();
  release();
  const post = await openBroker(work);
  const key = randomUUID();
  const first = await post(key);
  expect([first.status, first.headers['idempotency-replayed']]).toEqual([201, undefined]);
  for (const repeat of [post, await openBroker(work)]) {
    const again = await repeat(key);
    expect([again.status, again.text, again.headers.location]).toEqual([201, first.text, first.headers.location]);
    expect(again.headers['content-type']).toBe(first.headers['content-type']);
    expect(again.headers['idempotency-replayed']).toBe('true');
  }
  expect(attempts).toHaveLength(1);
});

test('case 25: a repeat while the first still runs is asked to wait, on any broker', async () => {
  const { work, attempts, begun, release } = heldWork();
  const [post, elsewhere] = [await openBroker(work), await openBroker(work)];
  const key = randomUUID();
  const first = post(key).then((answer) => answer);
  await begun;
  for (const repeat of [post, elsewhere]) {
    const answer = await repeat(key);
    expect([answer.status, answer.body.code]).toEqual([409, 'idempotency_key_in_use']);
    expect(Number(answer.headers['retry-after'])).toBe(answer.body.retryAfter);
    expect(answer.body.retryAfter).toBeGreaterThan(0);
  }
  release();
  expect((await elsewhere(key)).text).toBe((await first).text);
  expect(attempts).toHaveLength(1);
});

test('a key that comes with another body is refused, whether the first has ended or not', async () => {
  const { work, begun, release } = heldWork();
  const post = await openBroker(work);
  const key = randomUUID();
  const first = post(key).then((answer) => answer);
  await begun;
  expect((await post(key, { amount: 2 })).body.code).toBe('idempotency_key_reused');
  release();
  await first;
  const after = await post(key, { amount: 2 });
  expect([after.status, after.body.code]).toEqual([422, 'idempotency_key_reused']);
});

test('two people, and two routes, may use one key', async () => {
  const { work, attempts, release } = heldWork();
  release();
  const post = await openBroker(work);
  const key = randomUUID();
  for (const path of ['/ada/transfers', '/ben/transfers', '/ada/refunds']) {
    expect((await post(key, { amount: 1 }, path)).status).toBe(201);
  }
  expect(new Set(attempts.map(({ id }) => id)).size).toBe(3);
});

test('a broker that died in the middle blocks its key for seconds only, and the repeat works on under its id', async () => {
  const died = heldWork();
  const post = await openBroker(died.work);
  const [broken] = connections.slice(-1);
  const key = randomUUID();
  const lost = post(key).then((answer) => answer);
  await died.begun;
  broken?.destroy();

  const { work, attempts, release } = heldWork();
  release();
  const repeat = await openBroker(work);
  expect((await repeat(key)).status).toBe(409);
  await expect.poll(async () => (await repeat(key)).status, { timeout: 15_000 }).toBe(201);
  expect(attempts).toEqual([{ ...died.attempts[0], isFirst: false }]);
  died.release();
  await lost;
});

test('a decided refusal is the first answer; what was not decided may be sent again under its id', async () => {
  let error = new InkpotError('insufficient_credits', { detail: 'Top up.' });
  const ids: string[] = [];
  const post = await openBroker(async ({ id }) => {
    ids.push(id);
    throw error;
  });
  const refused = randomUUID();
  const first = await post(refused);
  expect(first.status).toBe(402);
  error = new InkpotError('pool_frozen');
  expect((await post(refused)).text).toBe(first.text);
  expect(ids).toHaveLength(1);

  const undecided = randomUUID();
  for (const code of ['rate_limited', 'broker_busy', 'internal', 'cap_reached', 'pool_frozen'] as const) {
    error = new InkpotError(code);
    expect((await post(undecided)).body.code).toBe(code === 'pool_frozen' ? 'cap_reached' : code);
  }
  expect(new Set(ids.slice(1)).size).toBe(1);
});

test('case 23: without Redis nothing is done', async () => {
  const { work, attempts } = heldWork();
  const post = await openBroker(work);
  connections.at(-1)?.destroy();
  const answer = await post(randomUUID());
  expect([answer.status, answer.body.code]).toEqual([503, 'broker_busy']);
  expect(attempts).toEqual([]);
});
