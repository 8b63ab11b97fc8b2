import fc from 'fast-check';
import { pino } from 'pino';
import { ulid } from 'ulid';
import { credits, millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Alarm } from '../alarms/alarms.ts';
import { createLedger, type Ledger } from '../ledger/index.ts';
import { aHold } from '../ledger/test-ledger.ts';
import type { RedisClient } from '../redis/connect.ts';
import { createArrangements } from './auto-topup/arrangements.ts';
import { createKeeper } from './auto-topup/keeper.ts';
import type { FakeDispute } from './fake-stripe/objects.ts';
import { StripeRefusal } from './fake-stripe/refusal.ts';
import { type FakeEvent, startFakeStripe } from './fake-stripe/server.ts';
import { openSession } from './open-session.ts';
import { PACKS, type Pack } from './packs.ts';
import { createStripeTill } from './stripe-till.ts';
import { SECRET_KEY, WEBHOOK_SECRET } from './test-checkout.ts';
import { chance, faultyRedis, faultyStripe, orFail, pick, type Weather } from './test-faulty.ts';
import { createWebhook } from './webhook.ts';

const HOUR = 3600_000;
const STEP_MS = 2 * HOUR;
const POOLS = 8;

/** Stripe delivers an event again for so many steps: three days. */
const MOST_DELIVERIES = 36;

/** The most that is charged by itself in a month, in cents. */
export const MONTHLY_CENTS = 5_000;

const TERMS = {
  threshold: credits(50),
  pack: 'credits-200',
  credits: credits(200),
  cents: 1_000,
  monthlyCents: MONTHLY_CENTS,
};

/** Times in a million, for a pool in a step. */
const BUYS = 60_000;
const SPENDS = 300_000;
const SENT_BACK = 15_000;
const REFUNDED = 15_000;
const DISPUTED = 10_000;
const CARD_CHANGES = 20_000;

interface Delivery {
  readonly event: FakeEvent;
  readonly tries: number;
}

interface Pool {
  readonly pool: string;
  readonly account: string;
}

export interface MonthOptions {
  readonly redis: RedisClient;
  readonly ledger: Ledger;
  readonly days: number;
  readonly seed: number;
}

/**
 * Lets two brokers sell credits by a fake Stripe on a virtual clock, while one command to Redis, request to Stripe, event
 * and mail of two hundred fails. At the end the weather is fair for four days, in which all comes to its end.
 *
 * @returns the pools, Stripe, which the caller closes, what was alarmed, and what of it all is still open.
 */
export async function liveThrough({ redis, ledger, days, seed }: MonthOptions) {
  const rolls = fc.sample(fc.noBias(fc.nat(999_999)), { seed, numRuns: 100_000 });
  let rolled = 0;
  const roll = () => rolls[rolled++ % rolls.length] ?? 0;
  const weather: Weather = { roll, isFair: true };
  const time = { now: Date.parse('2026-11-05T00:30:00Z') };
  const clock = () => time.now;
  const logger = pino({ level: 'silent' });
  const stripe = await startFakeStripe({ secretKey: SECRET_KEY, clock });
  stripe.failWhen(faultyStripe(weather));
  const alarmed: Alarm[] = [];
  const troubles: unknown[] = [];

  function openBroker() {
    const connection = faultyRedis(redis, weather);
    const room = {
      redis: connection,
      ledger: createLedger(connection),
      alarms: { raise: async (alarm: Alarm) => void alarmed.push(alarm) },
      clock,
      logger,
      publicUrl: 'http://localhost:8787',
    };
    const settings = { secretKey: SECRET_KEY, webhookSecrets: [], baseUrl: stripe.origin, automaticTax: false };
    const { cards, ...till } = createStripeTill({ ...room, stripe: { ...settings, timeoutMs: 100 } });
    if (!cards) throw new Error('cards can be saved without taxes');
    const arrangements = createArrangements(connection, clock);
    const mailer = { send: () => orFail(weather, async () => undefined) };
    const keeper = createKeeper({ ...room, ...till, arrangements, cards, mailer });
    const receive = createWebhook({
      settlement: till.settlement,
      secrets: [WEBHOOK_SECRET],
      livemode: false,
      clock,
      logger,
    });
    return { ...till, cards, arrangements, keeper, receive };
  }
  const brokers = [openBroker(), openBroker()] as const;
  const aBroker = () => pick(roll, brokers);

  /** What the broker may say that it could not do now; anything else is a fault of its own. */
  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof StripeRefusal) return true;
      if (!(error instanceof InkpotError) || error.code !== 'broker_busy') troubles.push(error);
      return false;
    }
  }

  const pools: Pool[] = [];
  for (let n = 0; n < POOLS; n++) {
    const one = { pool: ulid().toLowerCase(), account: ulid().toLowerCase() };
    pools.push(one);
    await ledger.openPool({ poolId: one.pool, ownerId: one.account, actor: one.account });
    if (n % 2 === 0) await agree(one);
  }

  async function agree({ pool, account }: Pool): Promise<void> {
    const { arrangements, cards, keeper } = brokers[0];
    const email = `${account}@example.com`;
    await arrangements.agree({ pool, account, email, terms: TERMS });
    const { id, customer } = await cards.openSetup({ pool, account }, email, ulid());
    await arrangements.setSetup(pool, id, customer);
    stripe.saveOnPage(id, 'pays');
    await keeper.finishSetup(pool);
  }

  /** Clicks that were not answered are made again. */
  const clicks = new Map<string, () => Promise<void>>();
  const banks: { session: string; says: 'succeeded' | 'failed'; at: number }[] = [];

  function buy({ pool, account }: Pool): void {
    const [key, pack, fate] = [ulid(), pick<Pack>(roll, PACKS), roll() % 10];
    clicks.set(key, async () => {
      const { topups, payments } = aBroker();
      const topup = await topups.create({ account, pool, pack, key });
      await openSession({ topups, payments, clock }, topup, `${account}@example.com`);
      const session = (await topups.read(topup))?.session ?? '';
      if (stripe.sessions.get(session)?.status !== 'open') return;
      if (fate < 5) stripe.pay(session);
      else if (fate < 8) {
        stripe.payLater(session);
        banks.push({ session, says: fate < 7 ? 'succeeded' : 'failed', at: time.now + (1 + (roll() % 4)) * 24 * HOUR });
      } else if (fate === 8) {
        stripe.discount(session, pack.cents);
        stripe.completeFree(session);
      }
    });
  }

  async function spend({ pool, account }: Pool): Promise<void> {
    const available = (await ledger.readPool(pool))?.available ?? 0;
    const ceiling = Math.min(available, 1_000 * (1 + (roll() % 40)));
    if (ceiling < 2) return;
    const hold = aHold({ poolId: pool, memberId: account }, ceiling);
    const { generationId, memberId } = hold;
    await ledger.hold(hold);
    const actual = millicredits(ceiling - (roll() % 2));
    await ledger.capture({ poolId: pool, memberId, generationId, actual, reference: 'job', actor: 'worker' });
  }

  const paymentsOf = ({ pool }: Pool) =>
    [...stripe.intents.values()].filter(({ status, metadata }) => status === 'succeeded' && metadata.pool === pool);

  function atStripe(work: () => unknown): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof StripeRefusal)) throw error;
    }
  }

  async function live(one: Pool): Promise<void> {
    const happens = (inAMillion: number) => chance(roll, inAMillion);
    if (happens(BUYS)) buy(one);
    if (happens(SPENDS)) await spend(one);
    const paid = paymentsOf(one);
    const payment = paid[roll() % Math.max(1, paid.length)];
    if (payment && happens(SENT_BACK)) {
      const amount = Math.max(1, Math.floor(payment.amount / (1 + (roll() % 3))));
      atStripe(() => stripe.refund(payment.id, { amount, status: pick(roll, ['succeeded', 'pending']) }));
    }
    if (payment && happens(DISPUTED)) atStripe(() => stripe.dispute(payment.id, { inquiry: roll() % 3 === 0 }));
    if (happens(REFUNDED)) await refund(one);
    const card = [...stripe.cards.values()].findLast(({ customer }) => customer === payment?.customer);
    if (card && happens(CARD_CHANGES)) stripe.setCard(card.id, pick(roll, ['pays', 'declined', 'requires_action']));
  }

  /** By the operator, of what is unused of a payment. */
  async function refund({ pool }: Pool): Promise<void> {
    const { refundDesk } = aBroker();
    await attempt(async () => {
      const [first] = (await refundDesk.listRefundable(pool)).filter(({ obstacle }) => obstacle === null);
      if (!first) return;
      const amount = first.worth(first.unused);
      await refundDesk.refund({ id: ulid(), pool, payment: first.payment, amount, reason: 'asked', actor: 'operator' });
    });
  }

  /** What banks have decided by now. */
  function decide(): void {
    for (const { session, says } of banks.filter(({ at }) => at <= time.now)) stripe.settleLater(session, says);
    banks.splice(0, banks.length, ...banks.filter(({ at }) => at > time.now));
    for (const { id, status } of stripe.refunds.values()) {
      if (status === 'pending' && roll() % 8 === 0) stripe.settleRefund(id, pick(roll, ['succeeded', 'failed']));
    }
    for (const dispute of stripe.disputes.values()) {
      if (roll() % 12 === 0) decideDispute(dispute);
    }
  }

  function decideDispute({ id, status }: FakeDispute): void {
    if (status === 'warning_needs_response') stripe.moveDispute(id, pick(roll, ['warning_closed', 'needs_response']));
    if (status === 'needs_response') stripe.moveDispute(id, pick(roll, ['won', 'lost']));
  }

  let told = 0;
  let deliveries: Delivery[] = [];
  async function deliver(): Promise<void> {
    const events = stripe.events(told);
    told += events.length;
    const due = [...deliveries, ...events.map((event) => ({ event, tries: 0 }))];
    deliveries = [];
    for (const { event, tries } of due) {
      const times = weather.isFair ? 1 : pick(roll, [1, 1, 1, 2]);
      for (let n = 0; n < times; n++) {
        const taken = await orFail(weather, () =>
          attempt(() => aBroker().receive(Buffer.from(event.body), stripe.sign(event, [WEBHOOK_SECRET]))),
        ).catch(() => true);
        if (!taken && tries < MOST_DELIVERIES) deliveries.push({ event, tries: tries + 1 });
      }
    }
  }

  async function work(): Promise<void> {
    // A lease whose holder could not give it up ends by itself in half a minute, of which the virtual clock knows nothing.
    for await (const keys of redis.scanIterator({ MATCH: 'lease:*' })) if (keys.length > 0) await redis.del(keys);
    for (const [key, click] of clicks) if (await attempt(click)) clicks.delete(key);
    const { reconciler, keeper, paymentAudit } = aBroker();
    await attempt(() => keeper.runOnce());
    await attempt(() => reconciler.runOnce());
    await attempt(() => paymentAudit.runOnce());
  }

  weather.isFair = false;
  for (const end = time.now + days * 24 * HOUR; time.now < end; time.now += STEP_MS) {
    for (const one of pools) await live(one);
    decide();
    await deliver();
    await work();
  }
  weather.isFair = true;
  for (const end = time.now + 4 * 24 * HOUR; time.now < end; time.now += STEP_MS) {
    decide();
    await deliver();
    await work();
  }
  const open = {
    topups: (await brokers[0].topups.listOpen(time.now)).map(({ id }) => id),
    refunds: (await brokers[0].refundDesk.listOpen(time.now)).map(({ id }) => id),
    charges: await Promise.all(
      pools.map(async ({ pool }) => (await brokers[0].arrangements.read(pool))?.topup || null),
    ),
  };
  return { stripe, pools, alarmed, troubles, open };
}
