import { pino } from 'pino';
import { ulid } from 'ulid';
import { expect, test } from 'vitest';
import { credits, millicredits } from '../../../shared/credits.ts';
import { createLedger } from '../../ledger/index.ts';
import type { Mailer } from '../../mail/mail.ts';
import type { RedisClient } from '../../redis/connect.ts';
import type { CardBehaviour } from '../fake-stripe/payments.ts';
import { createStripeTill } from '../stripe-till.ts';
import { SECRET_KEY, startTestCheckout, startTestRedis } from '../test-checkout.ts';
import { createArrangements } from './arrangements.ts';
import { createKeeper } from './keeper.ts';

const redis = await startTestRedis();
const shop = await startTestCheckout(redis, { stripe: true });
const { stripe } = shop;
const clock = () => shop.time.now;
const publicUrl = 'http://localhost:8787';
const stripeSettings = { secretKey: SECRET_KEY, webhookSecrets: [], baseUrl: stripe.origin, automaticTax: false };

/** A broker's part of auto top-up, on this connection. Its requests to Stripe are never given up and sent again. */
function aBroker(connection: RedisClient, mailer: Mailer) {
  const logger = pino({ level: 'silent' });
  const room = { redis: connection, ledger: createLedger(connection), alarms: shop.alarms, clock, logger, publicUrl };
  const { cards, ...till } = createStripeTill({ ...room, stripe: { ...stripeSettings, timeoutMs: 600_000 } });
  if (!cards) throw new Error('cards can be saved in these tests');
  const arrangements = createArrangements(connection, clock);
  return {
    arrangements,
    cards,
    topups: till.topups,
    keeper: createKeeper({ ...room, ...till, arrangements, cards, mailer }),
  };
}
const mailer: Mailer = { send: async (mail) => void shop.mails.push(mail) };
const survivor = aBroker(redis, mailer);

/** A pool without credits, whose owner has agreed to buy 200 of them for $10. */
async function aPool(behaviour: CardBehaviour) {
  const [pool, account] = [ulid().toLowerCase(), ulid().toLowerCase()];
  const email = `${account}@example.com`;
  await shop.ledger.openPool({ poolId: pool, ownerId: account, actor: account });
  const terms = {
    threshold: credits(50),
    pack: 'credits-200',
    credits: credits(200),
    cents: 1_000,
    monthlyCents: 5_000,
  };
  await survivor.arrangements.agree({ pool, account, email, terms });
  const { id, customer } = await survivor.cards.openSetup({ pool, account }, email, 'key');
  await survivor.arrangements.setSetup(pool, id, customer);
  stripe.saveOnPage(id, behaviour);
  await survivor.keeper.finishSetup(pool);
  return { pool, email };
}

/** A broker for which nothing is carried out from the n-th command to Redis, or mail, on. */
function mortal(n: number, died: () => void) {
  let steps = 0;
  function step<T>(work: () => T): T | Promise<never> {
    steps += 1;
    if (steps < n) return work();
    died();
    return new Promise(() => undefined);
  }
  const connection = new Proxy(redis, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => step(() => Reflect.apply(value, target, args));
    },
  });
  return aBroker(connection, { send: async (mail) => step(() => mailer.send(mail)) });
}

/** From the n-th request on, Stripe does what is asked and its answer never comes. */
function cutOff(n: number, died: () => void): void {
  let requests = 0;
  stripe.failWhen(() => {
    requests += 1;
    if (requests < n) return undefined;
    died();
    return 'stall';
  });
}

/** Has a broker die at its n-th step and another one go on. @returns whether there was such a step. */
async function dieAt(where: 'redis' | 'stripe', n: number, pool: string): Promise<boolean> {
  const { promise: died, resolve } = Promise.withResolvers<'died'>();
  const victim = where === 'redis' ? mortal(n, () => resolve('died')) : aBroker(redis, mailer);
  if (where === 'stripe') cutOff(n, () => resolve('died'));
  const end = await Promise.race([died, victim.keeper.runOnce()]);
  stripe.failWhen(() => undefined);
  // It ends by itself, half a minute after its holder has died.
  await redis.del(`lease:auto-topup:${pool}`);
  await survivor.keeper.runOnce();
  await survivor.keeper.runOnce();
  return end === 'died';
}

test.each([
  ['redis', 'pays'],
  ['stripe', 'pays'],
  ['redis', 'declined'],
  ['stripe', 'declined'],
] as const)(
  'a broker may die at any step to %s while a card %s: another one brings it to the same end',
  async (where, behaviour) => {
    let steps = 0;
    for (let n = 1; ; n++) {
      const { pool, email } = await aPool(behaviour);
      const isStep = await dieAt(where, n, pool);
      const payments = [...stripe.intents.values()].filter(({ metadata }) => metadata.pool === pool);
      const arrangement = await survivor.arrangements.read(pool);
      const isPaid = behaviour === 'pays';
      expect({
        step: n,
        payments: payments.map(({ status }) => status),
        topup: (await survivor.topups.read({ pool, id: 'auto-1' }))?.state,
        available: await shop.available(pool),
        arrangement: { state: arrangement?.state, topup: arrangement?.topup, spent: arrangement?.monthSpent },
        mailed: shop.mails.some(({ to }) => to === email),
      }).toEqual({
        step: n,
        payments: [isPaid ? 'succeeded' : 'canceled'],
        topup: isPaid ? 'credited' : 'failed',
        available: isPaid ? credits(200) : millicredits(0),
        arrangement: { state: isPaid ? 'on' : 'stopped', topup: '', spent: isPaid ? 1_000 : 0 },
        mailed: !isPaid,
      });
      // Only the next pool is looked after in the next round.
      await survivor.arrangements.turnOff(pool);
      await survivor.keeper.runOnce();
      if (!isStep) break;
      steps = n;
    }
    expect(steps).toBeGreaterThan(where === 'redis' ? 12 : 2);
  },
);
