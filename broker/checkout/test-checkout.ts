import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { ulid } from 'ulid';
import { afterAll } from 'vitest';
import { type Account, createAccounts } from '../accounts/accounts.ts';
import { createWebSessions } from '../accounts/web-session.ts';
import type { Alarm, Alarms } from '../alarms/alarms.ts';
import { problemHandler } from '../http/problem.ts';
import { createLedger } from '../ledger/index.ts';
import type { Mail } from '../mail/mail.ts';
import { createPools } from '../pools/pools.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { startEmbeddedRedis } from '../redis/embedded.ts';
import { type FakeEvent, type FakeStripe, startFakeStripe } from './fake-stripe/server.ts';
import { type CheckoutOptions, createCheckout } from './index.ts';

export const SECRET_KEY = 'sk_test_planted_api_key';
export const WEBHOOK_SECRET = 'whsec_planted_webhook_secret';
const PUBLIC_URL = 'http://localhost:8787';

const fakes: FakeStripe[] = [];

/** One Redis for a test file. Call it while the file is loaded: what it starts ends with the file. */
export async function startTestRedis(): Promise<RedisClient> {
  const dataDir = await mkdtemp(join(tmpdir(), 'inkpot-checkout-'));
  const logger = pino({ level: 'silent' });
  const server = await startEmbeddedRedis({ dataDir, logger });
  const redis = await connectRedis({ url: server.url, name: 'test', logger });
  afterAll(async () => {
    await Promise.all(fakes.map((fake) => fake.close()));
    redis.destroy();
    await server.stop();
    await rm(dataDir, { recursive: true });
  });
  return redis;
}

export type TestCheckout = Awaited<ReturnType<typeof startTestCheckout>>;

/**
 * The checkout as the broker mounts it, on a real Redis and ledger, with a person who is signed in. With `stripe` it
 * talks to a fake Stripe by the real client.
 */
export async function startTestCheckout(
  redis: RedisClient,
  {
    stripe,
    webhookSecrets = [WEBHOOK_SECRET],
    publicUrl = PUBLIC_URL,
    automaticTax = false,
    timeoutMs,
    ...rest
  }: { stripe: boolean; webhookSecrets?: string[]; automaticTax?: boolean; timeoutMs?: number } & Partial<
    Omit<CheckoutOptions, 'redis' | 'stripe'>
  >,
) {
  const time = { now: Date.parse('2026-11-22T12:00:00Z') };
  const clock = () => time.now;
  const logged: string[] = [];
  const mails: Mail[] = [];
  const alarmed: Alarm[] = [];
  const alarms: Alarms = { raise: async (alarm) => void alarmed.push(alarm) };
  const logger = pino({ level: 'trace' }, { write: (line) => void logged.push(line) });
  const ledger = createLedger(redis);
  const pools = createPools({ redis, ledger });
  const accounts = createAccounts({ redis, pools, clock });
  const webSessions = createWebSessions({ redis, accounts, publicUrl, formKey: 'form key of the tests' });
  const fake = stripe ? await startFakeStripe({ secretKey: SECRET_KEY, clock }) : null;
  if (fake) fakes.push(fake);

  const checkout = await createCheckout({
    redis,
    ledger,
    pools,
    stripe: fake && { secretKey: SECRET_KEY, webhookSecrets, baseUrl: fake.origin, automaticTax, timeoutMs },
    environment: 'development',
    publicUrl,
    webSessions,
    mailer: { send: async (mail) => void mails.push(mail) },
    alarms,
    nudges: null,
    clock,
    logger,
    ...rest,
  });

  const app = express();
  app.use(checkout.webhookRouter);
  app.post('/test/sign-in/:account', async (req, res) => {
    await webSessions.open(req, res, req.params.account);
    res.end();
  });
  app.use(checkout.router);
  app.use(problemHandler(logger));

  /** Somebody with a new account and their own browser. */
  async function newPerson(): Promise<Person> {
    const account = await accounts.signIn(`${ulid().toLowerCase()}@example.com`);
    const [pool] = await pools.list(account.id);
    if (!pool) throw new Error('a new account has a personal pool');
    const browser = request.agent(app);
    await browser.post(`/test/sign-in/${account.id}`).expect(200);
    return { account, poolId: pool.id, browser };
  }

  /** Delivers a body to this broker's webhook. */
  function deliver(body: string, signature: string) {
    return request(app).post('/webhooks/stripe').type('json').set('Stripe-Signature', signature).send(body);
  }

  function stripeOf(): FakeStripe {
    if (!fake) throw new Error('this checkout has no Stripe');
    return fake;
  }

  return {
    app,
    checkout,
    deliver,
    ledger,
    time,
    logged,
    /** Those that were sent. */
    mails,
    alarms,
    /** What the operator was called for. */
    alarmed,
    newPerson,
    /** Available millicredits of a pool. */
    available: async (poolId: string) => (await ledger.readPool(poolId))?.available,
    /** The number of credits that the pool ever got. */
    topups: async (poolId: string) =>
      (await ledger.listEntries(poolId, { limit: 100 })).filter(({ kind }) => kind === 'topup').length,
    /** Delivers an event as Stripe would, and gives the answer's status. */
    send: async (event: FakeEvent) => (await deliver(event.body, stripeOf().sign(event, [WEBHOOK_SECRET]))).status,
    /** Chooses a pack on the page and presses Pay; gives Stripe's session. */
    buy: async (person: Person, pack?: string) => sessionAt(await press(person, await chooseOnPage(person, pack))),
    get stripe(): FakeStripe {
      return stripeOf();
    },
  };
}

export interface Person {
  readonly account: Account;
  readonly poolId: string;
  /** Keeps cookies, follows nothing. */
  readonly browser: ReturnType<typeof request.agent>;
}

/** The hidden fields of a page's first form with this action, as a browser would send them. */
export function formOf(html: string, action: string): Record<string, string> {
  const form = html.split('<form').find((part) => part.includes(`action="${action}"`)) ?? '';
  const inputs = form.split('</form>')[0]?.match(/<input[^>]*type="hidden"[^>]*>/g) ?? [];
  return Object.fromEntries(inputs.map((input) => [attribute(input, 'name'), attribute(input, 'value')]));
}

function attribute(tag: string, name: string): string {
  return tag.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1] ?? '';
}

/** Opens `/checkout` and gives its form, with a pack chosen. */
export async function chooseOnPage({ browser }: Person, pack = 'credits-200'): Promise<Record<string, string>> {
  const { text } = await browser.get('/checkout').expect(200);
  return { ...formOf(text, '/checkout'), pack };
}

/** Sends the form, and gives where it leads. */
export async function press({ browser }: Person, form: Record<string, string>): Promise<string> {
  const response = await browser.post('/checkout').type('form').send(form);
  if (response.status !== 303) throw new Error(`checkout answered ${response.status}: ${response.text}`);
  return response.headers.location ?? '';
}

/** Stripe's session behind a payment address. */
export function sessionAt(url: string): string {
  return url.split('/').at(-1) ?? '';
}
