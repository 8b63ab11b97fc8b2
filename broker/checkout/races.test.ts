import fc from 'fast-check';
import { pino } from 'pino';
import { ulid } from 'ulid';
import { expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { createLedger } from '../ledger/index.ts';
import { createTurns, Stalls, type Turns } from '../testing/turns.ts';
import { createCustomers } from './customers.ts';
import { StripeRefusal } from './fake-stripe/refusal.ts';
import { createStripeClient } from './stripe-client.ts';
import { createStripePayments } from './stripe-payments.ts';
import { SECRET_KEY, startTestCheckout, startTestRedis } from './test-checkout.ts';
import { booksOf, truthOf } from './test-history-truth.ts';
import { createTill } from './till.ts';

const numRuns = Number(process.env.RACES ?? 100);
const seed = Number(process.env.RACES_SEED ?? Date.now() % 2 ** 31);

const redis = await startTestRedis();
const shop = await startTestCheckout(redis, { stripe: true });
const clock = () => shop.time.now;
const logger = pino({ level: 'silent' });
const stripe = createStripeClient({ secretKey: SECRET_KEY, baseUrl: shop.stripe.origin });
const settings = { livemode: false, publicUrl: 'http://localhost', automaticTax: false };
const payments = createStripePayments({ stripe, customers: createCustomers(redis, stripe), ...settings });
const room = { alarms: shop.alarms, clock, logger };
const plain = createTill({ ...room, redis, ledger: shop.ledger, payments });

/** A broker's own connections, each question of which waits for its turn. */
function openBroker(name: string, turns: Turns) {
  const connection = turns.of(`${name} redis`, redis);
  const source = turns.of(`${name} stripe`, payments);
  return createTill({ ...room, redis: connection, ledger: createLedger(connection), payments: source });
}

/** Does it again while another one is at it, as whoever called would; what cannot be had for long is left. */
async function insist(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof InkpotError) || error.code !== 'broker_busy') throw error;
    }
  }
}

/** What people and banks do, which they do or Stripe refuses. */
function atStripe(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
  }
}

const Story = fc.record({
  sentBack: fc.integer({ min: 1, max: 1_000 }),
  refund: fc.integer({ min: 1, max: 1_000 }),
  disputed: fc.integer({ min: 1, max: 1_000 }),
  verdict: fc.constantFrom('won', 'lost'),
  isBefore: fc.boolean(),
});

test(`however deliveries, refunds and disputes of one payment overtake each other, the pool has what Stripe says (RACES_SEED=${seed})`, {
  timeout: Math.max(60_000, numRuns * 3_000),
}, async () => {
  const property = fc.asyncProperty(fc.scheduler(), Stalls, Story, async (scheduler, stalls, story) => {
    const [pool, account] = [ulid().toLowerCase(), ulid().toLowerCase()];
    await shop.ledger.openPool({ poolId: pool, ownerId: account, actor: account });
    const pack = { id: 'credits-200', credits: credits(200), cents: 1_000 } as const;
    const topup = await plain.topups.create({ account, pool, pack, key: pool });
    const { id: session } = await payments.open(topup, 'ada@example.com');
    shop.stripe.pay(session);
    const payment = shop.stripe.sessions.get(session)?.payment_intent ?? '';
    if (story.isBefore) await plain.settlement.session(session);

    const turns = createTurns(scheduler, stalls);
    const [one, other] = [openBroker('one', turns), openBroker('other', turns)];
    const bank = turns.of('bank', {
      refund: async () => atStripe(() => shop.stripe.refund(payment, { amount: story.sentBack })),
      dispute: async () => atStripe(() => shop.stripe.dispute(payment, { amount: story.disputed })),
      decide: async () => {
        const dispute = [...shop.stripe.disputes.values()].findLast((one) => one.payment_intent === payment);
        if (dispute) shop.stripe.moveDispute(dispute.id, story.verdict);
      },
    });
    const ours = { id: 'ours', pool, payment, amount: story.refund, reason: 'asked', actor: 'operator' };
    await turns.run([
      () => insist(() => one.settlement.session(session)),
      () => insist(() => other.settlement.payment(payment)),
      async () => {
        await bank.refund();
        await insist(() => other.settlement.payment(payment));
      },
      async () => {
        await bank.dispute();
        await insist(() => one.settlement.payment(payment));
        await bank.decide();
        await insist(() => other.settlement.payment(payment));
      },
      () => insist(() => one.refundDesk.refund(ours)),
    ]);

    const truth = truthOf(shop.stripe)(pool);
    expect(await booksOf(shop.ledger, pool, truth)).toEqual(truth);
    expect(await auditPool(redis, pool)).toEqual([]);
    expect(await plain.refundDesk.read({ pool, payment, id: 'ours' })).not.toMatchObject({ state: 'reserved' });
  });
  await fc.assert(property, { numRuns, seed });
});
