import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { Alarm } from '../alarms/alarms.ts';
import type { Ledger } from '../ledger/index.ts';
import type { RedisClient } from '../redis/connect.ts';
import type { DisputeStatus } from './fake-stripe/objects.ts';
import { StripeRefusal } from './fake-stripe/refusal.ts';
import { type FakeEvent, type FakeStripe, startFakeStripe } from './fake-stripe/server.ts';
import { openSession } from './open-session.ts';
import { createStripeTill } from './stripe-till.ts';
import { SECRET_KEY, WEBHOOK_SECRET } from './test-checkout.ts';
import { type Act, type Batch, type History, type Purchase, TICKS } from './test-history.ts';
import { createWebhook } from './webhook.ts';

const SETTINGS = { secretKey: SECRET_KEY, webhookSecrets: [WEBHOOK_SECRET], automaticTax: false };

/** How many pools are looked after at the same moment. */
const AT_ONCE = 12;

/** Where a dispute may go from where it is (docs.stripe.com/api/disputes/object). */
const NEXT: Readonly<Partial<Record<DisputeStatus, readonly [DisputeStatus, DisputeStatus]>>> = {
  warning_needs_response: ['warning_closed', 'needs_response'],
  warning_under_review: ['warning_closed', 'needs_response'],
  needs_response: ['under_review', 'lost'],
  under_review: ['won', 'lost'],
  lost: ['appeal_under_review', 'appeal_under_review'],
  appeal_under_review: ['won', 'lost'],
};

export interface PlayOptions {
  readonly redis: RedisClient;
  readonly ledger: Ledger;
  /** Goes on from batch to batch, since the reconciler remembers when it last looked. */
  readonly time: { now: number };
}

interface Life {
  readonly history: History;
  readonly poolId: string;
  readonly account: string;
  readonly arriving: Map<number, FakeEvent[]>;
  readonly sessions: Map<Purchase, string>;
  events: number;
}

/**
 * Plays a batch with the real client on a fake Stripe, to its end: all time limits are over, the reconciler has had its
 * last pass, and the days are audited.
 *
 * @returns the pools, in the order of their histories; and Stripe, which the caller closes.
 */
export async function playBatch({ redis, ledger, time }: PlayOptions, batch: Batch) {
  const clock = () => time.now;
  const logger = pino({ level: 'silent' });
  const stripe = await startFakeStripe({ secretKey: SECRET_KEY, clock });
  const alarms = { raise: ({ what }: Alarm) => Promise.reject(new Error(what)) };
  const room = { redis, ledger, alarms, clock, logger, publicUrl: 'http://localhost:8787' };
  const till = createStripeTill({ ...room, stripe: { ...SETTINGS, baseUrl: stripe.origin } });
  const { payments, topups, settlement, reconciler, paymentAudit } = till;
  const receive = createWebhook({ settlement, secrets: [WEBHOOK_SECRET], livemode: false, clock, logger });

  const lives = batch.histories.map(
    (history): Life => ({
      history,
      poolId: randomUUID(),
      account: randomUUID(),
      arriving: new Map(),
      sessions: new Map(),
      events: 0,
    }),
  );

  /** Lets something happen at Stripe, and puts its events where they will arrive. */
  function happen(life: Life, tick: number, what: () => unknown): void {
    const before = stripe.countEvents();
    try {
      what();
    } catch (error) {
      if (!(error instanceof StripeRefusal)) throw error;
    }
    for (const event of stripe.events(before)) {
      const { deliveries } = life.history;
      const copies = deliveries[life.events % deliveries.length] ?? [];
      life.events += 1;
      for (const after of copies) {
        const at = Math.min(tick + after, TICKS - 1);
        life.arriving.set(at, [...(life.arriving.get(at) ?? []), event]);
      }
    }
  }

  async function click({ poolId, account }: Life, { pack }: Purchase, key: string): Promise<void> {
    const topup = await topups.create({ account, pool: poolId, pack, key });
    await openSession({ topups, payments, clock }, topup, `${account}@example.com`);
  }

  async function buy(life: Life, purchase: Purchase): Promise<void> {
    const key = randomUUID();
    const clicks = purchase.doubleClick ? 2 : 1;
    await Promise.all(Array.from({ length: clicks }, () => click(life, purchase, key)));
    const { id } = await topups.create({ account: life.account, pool: life.poolId, pack: purchase.pack, key });
    const session = (await topups.read({ pool: life.poolId, id }))?.session ?? '';
    life.sessions.set(purchase, session);
    if (purchase.change < 0) stripe.discount(session, -purchase.change);
    else stripe.addTax(session, purchase.change);
  }

  async function deliver(event: FakeEvent): Promise<void> {
    await receive(Buffer.from(event.body), stripe.sign(event, [WEBHOOK_SECRET]));
  }

  async function live(life: Life, tick: number): Promise<void> {
    const { purchases, looks, atOnce } = life.history;
    for (const purchase of purchases) {
      if (purchase.tick === tick) await buy(life, purchase);
      const session = life.sessions.get(purchase);
      if (session) happen(life, tick, () => act(stripe, session, purchase, tick - purchase.tick));
    }
    const arriving = (life.arriving.get(tick) ?? []).toReversed();
    if (atOnce) await Promise.all(arriving.map(deliver));
    else for (const event of arriving) await deliver(event);
    if (looks.includes(tick)) {
      for (const session of life.sessions.values()) await settlement.session(session);
    }
  }

  await each(lives, ({ poolId, account }) => ledger.openPool({ poolId, ownerId: account, actor: account }));
  if (batch.found === 'by sessions') stripe.conceal('/events');
  if (batch.found === 'by events') stripe.conceal('/checkout/sessions');
  for (let tick = 0; tick < TICKS; tick++) {
    await each(lives, (life) => live(life, tick));
    if (batch.passes.includes(tick)) await reconciler.runOnce();
    time.now += batch.pauses[tick] ?? 0;
  }

  // What an appeal is about cannot be seen in it, so it comes to its end.
  for (const { id, status } of stripe.disputes.values()) {
    if (status === 'appeal_under_review') stripe.moveDispute(id, 'won');
  }
  // Nothing but events tells of refunds: where their list shows none, webhooks have to bring them.
  const returns = /^(charge\.(refund|dispute)|refund)/;
  if (batch.found === 'by sessions') {
    await each(
      stripe.events().filter(({ type }) => returns.test(type)),
      deliver,
    );
  }
  // Our own index of what is open would find everything alone.
  if (batch.found === 'by events') await redis.del('open-topups');
  time.now += 2 * 3600_000;
  const last = await reconciler.runOnce();
  time.now += 3600_000;
  const afterwards = await reconciler.runOnce();
  time.now += 26 * 3600_000;
  const audited = await paymentAudit.runOnce();
  return { stripe, pools: lives.map(({ poolId }) => poolId), last, afterwards, audited };
}

/** What happens to a purchase so many ticks after it was begun. */
function act(stripe: FakeStripe, session: string, { fate, thinks, bank, stories }: Purchase, age: number): void {
  const isFree = stripe.sessions.get(session)?.payment_status === 'no_payment_required';
  if (age === thinks) {
    if (fate === 'expires') stripe.expire(session);
    else if (fate !== 'walks away' && isFree) stripe.completeFree(session);
    else if (fate === 'pays') stripe.pay(session);
    else if (fate !== 'walks away') stripe.payLater(session);
  } else if (age === thinks + bank && fate.startsWith('bank') && !isFree) {
    const agreed = stripe.sessions.get(session)?.payment_intent;
    if (agreed) stripe.settleLater(session, fate === 'bank says yes' ? 'succeeded' : 'failed');
  } else {
    const payment = stripe.sessions.get(session)?.payment_intent;
    const next = stories.flat()[age - thinks - (fate === 'pays' ? 1 : bank + 1)];
    if (payment && next) actOnPayment(stripe, payment, next);
  }
}

function actOnPayment(stripe: FakeStripe, payment: string, act: Act): void {
  const amount = stripe.intents.get(payment)?.amount ?? 0;
  const part = (twelfths: number) => Math.floor((amount * twelfths) / 12);
  const ofPayment = ({ payment_intent }: { payment_intent: string }) => payment_intent === payment;
  switch (act.act) {
    case 'refund':
      stripe.refund(payment, { amount: part(act.twelfths), status: act.status });
      break;
    case 'answer about the last refund': {
      const refund = [...stripe.refunds.values()].findLast(ofPayment);
      if (refund?.status === 'pending' || (refund?.status === 'succeeded' && act.status === 'failed'))
        stripe.settleRefund(refund.id, act.status);
      break;
    }
    case 'dispute':
      stripe.dispute(payment, { amount: part(act.twelfths), inquiry: act.inquiry });
      break;
    case 'move the last dispute': {
      const dispute = [...stripe.disputes.values()].findLast(ofPayment);
      const next = dispute && NEXT[dispute.status]?.[act.choice];
      if (next) stripe.moveDispute(dispute.id, next);
      break;
    }
  }
}

/** Does something for each, some at a time. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const item of queue) await work(item);
  });
  await Promise.all(workers);
}
