import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { Problem } from '../../shared/errors.ts';
import type { Person } from '../testing/person.ts';
import { startTestBroker, type TestBroker } from '../testing/test-broker.ts';

let broker: TestBroker | undefined;

afterEach(async () => {
  await broker?.stop();
  broker = undefined;
});

async function start(env: Readonly<Record<string, string>>): Promise<TestBroker> {
  broker = await startTestBroker(env);
  return broker;
}

async function expectLimited(response: Response): Promise<void> {
  expect(response.status).toBe(429);
  const problem = Problem.parse(await response.json());
  expect(problem).toMatchObject({ code: 'rate_limited', title: 'Too many requests: wait a moment' });
  expect(problem.detail).toMatch(/^Wait \d+ seconds? and try again\.$/);
  expect(Number(response.headers.get('retry-after'))).toBe(problem.retryAfter);
  expect(problem.retryAfter).toBeGreaterThan(0);
}

const SETTINGS = { prompt: 'a pear', size: { kind: 'pixels', width: 64, height: 64 }, count: 1 } as const;

async function generate(person: Person, quote: string, key = randomUUID()): Promise<Response> {
  const body = JSON.stringify({ quote, settings: SETTINGS });
  return person.request('/v1/generations', { method: 'POST', body, headers: { 'Idempotency-Key': key } });
}

test('an account that asks too much is told to wait, in words; another one at the same address is not', async () => {
  const { person } = await start({ INKPOT_LIMIT_ACCOUNT: '20' });
  const [ada, ben] = [await person(0), await person(0)];
  const answers = await Promise.all(Array.from({ length: 30 }, () => ada.request('/v1/pools')));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
  const limited = answers.find(({ status }) => status !== 200);
  expect(limited?.headers.get('access-control-allow-origin'), 'the plugin can read it').toBe('*');
  if (limited) await expectLimited(limited);
  expect((await ben.request('/v1/pools')).status).toBe(200);
});

test('made-up tokens, prices and pages are counted by their address, which no header can change', async () => {
  const { url, person } = await start({ INKPOT_LIMIT_ADDRESS: '20' });
  const ada = await person(0);
  expect((await ada.request('/v1/pools')).status).toBe(200);
  const forge = (n: number) =>
    fetch(`${url}/v1/pools`, {
      headers: {
        Authorization: `Bearer ${ada.token.slice(0, -8)}${randomUUID().slice(0, 8)}`,
        'X-Forwarded-For': `10.0.0.${n}`,
      },
    });
  const forged = await Promise.all(Array.from({ length: 30 }, (_, n) => forge(n)));
  expect(forged.filter(({ status }) => status === 401)).toHaveLength(19);
  expect((await ada.request('/v1/pools')).status, 'a token that is known goes on').toBe(200);
  await expectLimited(await forge(0));

  for (const path of ['/v1/models', '/openapi.json', '/oauth/jwks', '/sign-in']) await fetch(`${url}${path}`);
  const visits = await Promise.all(Array.from({ length: 30 }, () => fetch(`${url}/v1/models`)));
  expect(visits.filter(({ status }) => status === 200)).toHaveLength(16);
});

test('behind one proxy, the address is the one that this proxy has seen, and nothing further back', async () => {
  const { url } = await start({ INKPOT_LIMIT_ADDRESS: '3', INKPOT_TRUST_PROXY: '1' });
  const visit = async (forwarded: string) =>
    (await fetch(`${url}/v1/models`, { headers: { 'X-Forwarded-For': forwarded } })).status;
  for (const n of [1, 2, 3]) expect(await visit(`198.51.100.${n}, 203.0.113.7`)).toBe(200);
  expect(await visit('198.51.100.4, 203.0.113.7')).toBe(429);
  expect(await visit('203.0.113.7, 203.0.113.8')).toBe(200);
});

test('a pool that starts too many generations waits, and the click that waited goes through under its key', async () => {
  const { person } = await start({ INKPOT_LIMIT_POOL: '2' });
  const ada = await person(10);
  const { token: quote } = await ada.quote('sketch', { ...SETTINGS, size: { ...SETTINGS.size } });
  const key = randomUUID();
  const first = await generate(ada, quote, key);
  expect(first.status).toBe(202);
  expect((await generate(ada, quote)).status).toBe(202);
  const waiting = randomUUID();
  await expectLimited(await generate(ada, quote, waiting));
  expect(await (await generate(ada, quote, key)).text(), 'a repeat starts nothing').toBe(await first.text());
  await broker?.restart({ INKPOT_LIMIT_POOL: '3000' });
  await broker?.redis.del(await broker.redis.keys('rl:pool*'));
  expect((await generate(ada, quote, waiting)).status).toBe(202);
});

test('a broker that has spent what it may refuses in words, calls its operator, and goes on when it is given back', async () => {
  const { url, person, fal } = await start({ INKPOT_SPEND_PER_DAY_USD: '0.05' });
  const ada = await person(10);
  const onFal = (prompt: string) => ({
    prompt,
    size: { kind: 'pixels', width: 2_560, height: 1_440 } as const,
    count: 1,
  });
  const post = async (settings: ReturnType<typeof onFal>, key = randomUUID()) => {
    const { token } = await ada.quote('seedream-5-lite', settings);
    const body = JSON.stringify({ quote: token, settings });
    return ada.request('/v1/generations', { method: 'POST', body, headers: { 'Idempotency-Key': key } });
  };
  const first = await post(onFal('__slow__ __fail__'));
  expect(first.status).toBe(202);
  const available = await ada.available();

  const paused = await post(onFal('another'));
  const problem = Problem.parse(await paused.json());
  expect([paused.status, problem.code]).toEqual([503, 'spending_paused']);
  expect(problem.detail).toMatch(/^This broker has spent .* Nothing was charged. Try again in .*\.$/);
  expect(Number(paused.headers.get('retry-after'))).toBe(problem.retryAfter);
  expect(await ada.available(), 'nothing is held').toBe(available);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('inkpot_alarms_total{kind="provider_spend"} 1');
  const { token: quote } = await ada.quote('sketch', { ...SETTINGS, size: { ...SETTINGS.size } });
  expect((await generate(ada, quote)).status, 'what nobody bills goes on').toBe(202);

  await expect.poll(() => fal.jobs.all.length).toBe(1);
  fal.jobs.finish();
  await expect.poll(async () => (await post(onFal('another'))).status, { interval: 200 }).toBe(202);
});
