import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPlugin } from '../auth/test-site.ts';
import { type FakeMailServer, startFakeMailServer } from '../mail/fake-mail-server.ts';
import { startWholeBroker, type WholeBroker } from '../testing/whole-broker.ts';

/** What an operator configures. */
const CONFIGURED = {
  STRIPE_SECRET_KEY: `sk_test_${randomUUID()}`,
  STRIPE_WEBHOOK_SECRET: `whsec_${randomUUID()},whsec_${randomUUID()}`,
  FAL_KEY: `${randomUUID()}:${randomUUID()}`,
  INKPOT_METRICS_TOKEN: randomUUID(),
};

/** What people and programs send that is nobody else's business. */
const sent: string[] = [];

function plant(): string {
  const secret = `planted-${randomUUID()}`;
  sent.push(secret);
  return secret;
}

let provider: Server;
let mail: FakeMailServer;
let broker: WholeBroker;
const mailPassword = randomUUID();

beforeAll(async () => {
  provider = createServer(async (req, res) => {
    // A provider at its worst: it answers with everything that it was sent, in every place that it has.
    const words = `${JSON.stringify(req.headers)} ${await text(req)}`;
    res.setHeader('X-Echo', req.headers.authorization ?? '');
    res.writeHead(500, { 'Content-Type': 'application/json' });
    res.end(JSON.stringify({ detail: words, error: { message: words, type: 'api_error' } }));
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  mail = await startFakeMailServer();
  const echo = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  broker = await startWholeBroker({
    ...CONFIGURED,
    LOG_LEVEL: 'trace',
    STRIPE_BASE_URL: echo,
    FAL_BASE_URL: echo,
    SMTP_URL: mail.url.replace('//', `//inkpot:${mailPassword}@`),
  });
});

afterAll(async () => {
  await broker?.stop();
  provider?.close();
  mail?.close();
});

test('no secret of the operator, of a person or of a program is in any log or in anybody else’s answer', async () => {
  const answers: string[] = [];
  const hear = async (response: Response) => {
    answers.push(JSON.stringify([...response.headers]), await response.text());
    return response;
  };
  const call = (path: string, init?: RequestInit) => fetch(`${broker.url}${path}`, init).then(hear);

  // A program: tokens that are none, tokens that are, and secrets where they do not belong.
  const person = await broker.person(10);
  sent.push(person.token);
  const bad = () => ({ Authorization: `Bearer ${plant()}`, Cookie: `inkpot-session=${plant()}`, 'X-Api-Key': plant() });
  for (const path of ['/v1/pools', '/metrics', `/nothing?token=${plant()}`, '/sign-in']) {
    await call(path, { headers: bad() });
  }
  await call(`/v1/generations/links/${plant()}`);
  await call(`/webhooks/providers/${randomUUID()}/${plant()}`, { method: 'POST' });
  const own = { Authorization: `Bearer ${person.token}`, 'Content-Type': 'application/json' };
  const post = (path: string, body: string, headers = {}) =>
    call(path, { method: 'POST', body, headers: { ...own, ...headers } });
  await post('/v1/quotes', `{"poolId": "${plant()}"`);
  await post('/v1/quotes', JSON.stringify({ [plant()]: plant(), poolId: plant() }));
  await post('/v1/quotes', plant().repeat(2_000));
  await post('/v1/generations', JSON.stringify({ quote: plant(), settings: { prompt: plant() } }), {
    'Idempotency-Key': 'k',
  });
  await post('/webhooks/stripe', JSON.stringify({ id: plant() }), { 'Stripe-Signature': `t=1,v1=${plant()}` });

  // A generation whose provider repeats its key.
  const settings = { prompt: 'a pear', size: { kind: 'pixels', width: 2_560, height: 1_440 }, count: 1 } as const;
  const { token: quote } = await person.quote('seedream-5-lite', settings);
  sent.push(quote);
  const made = await post('/v1/generations', JSON.stringify({ quote, settings }), { 'Idempotency-Key': randomUUID() });
  expect(made.status).toBe(202);
  const id = made.headers.get('location');
  await expect
    .poll(async () => (await (await call(`${id}`, { headers: own })).status) && answers.at(-1))
    .toMatch(/"failed"/);

  // A person who signs in, lets the plugin in, and wants to pay while Stripe is out of order.
  const mailbox = { list: async () => [{ subject: /^Subject: (.*)$/m.exec(mail.taken.at(-1) ?? '')?.[1] ?? '' }] };
  const browser = openBrowser({ app: broker.url, mailbox } as unknown as Parameters<typeof openBrowser>[0]);
  await browser.signIn('ada@example.com');
  const code = (await mailbox.list())[0]?.subject.slice(0, 6) ?? '';
  expect(code).toMatch(/^\d{6}$/);
  const cookies = browser.agent.jar.getCookies({ path: '/', domain: '127.0.0.1', secure: false, script: false });
  sent.push(...cookies.map(({ value }) => value));
  const checkout = await browser.submit('/checkout', { pack: 'credits-200' });
  expect(checkout.status).toBeGreaterThanOrEqual(400);
  answers.push(checkout.text);

  const plugin = openPlugin({ app: broker.url } as unknown as Parameters<typeof openPlugin>[0]);
  const { body: device } = await plugin.start();
  sent.push(device.device_code);
  const refused = await plugin.refresh(plant());
  await plugin.poll(plant());
  await request(broker.url).get(`/activate?user_code=${plant()}`);
  answers.push(refused.text);
  expect(await broker.terminate()).toBe(0);

  const log = broker.said();
  expect(log, 'the test heard the log').toContain('the provider did not take the job');
  expect(log).toContain('checkout could not be opened');
  const { password } = new URL(broker.redisUrl);
  const configured = [...Object.values(CONFIGURED).flatMap((value) => value.split(',')), mailPassword, password];
  expect(configured.every((secret) => secret.length > 10)).toBe(true);
  expect([...configured, ...sent].filter((secret) => saidIn(log, secret))).toEqual([]);
  expect(log).not.toMatch(new RegExp(`(?<![\\d.])${code}(?!\\d)`));
  expect(configured.filter((secret) => saidIn(answers.join('\n'), secret))).toEqual([]);
});

/** As it is, or in Basic authentication. */
function saidIn(where: string, secret: string): boolean {
  const basic = Buffer.from(secret).toString('base64').slice(0, -4);
  return where.includes(secret) || where.includes(basic);
}
