import { expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { aHold } from '../ledger/test-ledger.ts';
import { type Person, startTestCheckout, startTestRedis } from './test-checkout.ts';

const redis = await startTestRedis();
const shop = await startTestCheckout(redis, { stripe: true });

/** Somebody who has bought 200 credits for $10, and their payment. */
async function buyer(cents = 1_000): Promise<Person & { payment: string }> {
  const ada = await shop.newPerson();
  return { ...ada, payment: await buyMore(ada, cents) };
}

async function buyMore(person: Person, cents = 1_000): Promise<string> {
  const session = await shop.buy(person);
  shop.stripe.discount(session, 1_000 - cents);
  await shop.send(shop.stripe.pay(session));
  return shop.stripe.sessions.get(session)?.payment_intent ?? '';
}

async function spend({ poolId, account }: Person, amount: number): Promise<void> {
  const command = aHold({ poolId, memberId: account.id }, amount);
  const { generationId, ceiling: actual } = command;
  await shop.ledger.hold(command);
  await shop.ledger.capture({ poolId, memberId: account.id, generationId, actual, reference: 'job', actor: 'worker' });
}

/** Delivers every event since the last call, in the order given. */
const delivered = new Set<string>();
async function deliver(order: <T>(events: T[]) => T[] = (events) => events): Promise<void> {
  const fresh = shop.stripe.events().filter(({ id }) => !delivered.has(id));
  for (const event of order(fresh)) {
    delivered.add(event.id);
    expect(await shop.send(event)).toBe(200);
  }
}

const entriesOf = async ({ poolId }: Person) => (await shop.ledger.listEntries(poolId, { limit: 100 })).reverse();

test('case 07: a refund takes its part of the credits once, however often its events come', async () => {
  const ada = await buyer();
  shop.stripe.refund(ada.payment, { amount: 250 });
  await deliver((events) => [...events, ...events.toReversed(), ...events]);
  expect(await shop.available(ada.poolId)).toBe(credits(150));
  shop.stripe.refund(ada.payment);
  await deliver((events) => events.toReversed());
  expect(await shop.available(ada.poolId)).toBe(0);
  const entries = await entriesOf(ada);
  expect(entries.filter(({ kind }) => kind === 'clawback').map(({ amount }) => amount)).toEqual([50_000, 150_000]);
  expect(await auditPool(redis, ada.poolId)).toEqual([]);
});

test('of a payment that a promotion made cheaper, a refund takes credits in proportion to what was charged', async () => {
  const ada = await buyer(500);
  expect(await shop.available(ada.poolId)).toBe(credits(200));
  shop.stripe.refund(ada.payment, { amount: 125 });
  await deliver();
  expect(await shop.available(ada.poolId)).toBe(credits(150));
  shop.stripe.refund(ada.payment);
  await deliver();
  expect(await shop.available(ada.poolId)).toBe(0);
});

test('case 06: a refund whose events arrive before those of its payment leaves what was not refunded', async () => {
  const ada = await shop.newPerson();
  const session = await shop.buy(ada);
  await deliver();
  shop.stripe.pay(session);
  shop.stripe.refund(shop.stripe.sessions.get(session)?.payment_intent ?? '', { amount: 400 });
  await deliver((events) => events.toReversed());
  expect(await shop.available(ada.poolId)).toBe(credits(120));
  expect(await shop.topups(ada.poolId)).toBe(1);
});

test('case 08: a refund that fails at the bank gives its credits back, and a second one takes them again', async () => {
  const ada = await buyer();
  const refund = shop.stripe.refund(ada.payment, { amount: 500, status: 'pending' });
  await deliver();
  expect(await shop.available(ada.poolId)).toBe(credits(100));
  shop.stripe.settleRefund(refund.id, 'failed');
  await deliver((events) => [...events, ...events]);
  expect(await shop.available(ada.poolId)).toBe(credits(200));
  shop.stripe.refund(ada.payment, { amount: 1_000 });
  await deliver();
  expect(await shop.available(ada.poolId)).toBe(0);
  const clawbacks = (await entriesOf(ada)).filter(({ kind }) => kind === 'clawback');
  expect(clawbacks.map(({ amount, reference }) => [amount, reference])).toEqual([
    [100_000, refund.id],
    [-100_000, `${refund.id} failed`],
    [200_000, expect.stringContaining('re_')],
  ]);
  expect(await auditPool(redis, ada.poolId)).toEqual([]);
});

test('case 18: a dispute blocks what is left of its payment only, and gives it free when it is won', async () => {
  const ada = await buyer();
  await buyMore(ada);
  await spend(ada, 50_000);
  const dispute = shop.stripe.dispute(ada.payment);
  await deliver((events) => events.toReversed());
  expect(await shop.ledger.readPool(ada.poolId)).toMatchObject({
    status: 'active',
    available: 200_000,
    blocked: 150_000,
  });
  shop.stripe.moveDispute(dispute.id, 'under_review');
  shop.stripe.moveDispute(dispute.id, 'won');
  await deliver((events) => events.toReversed());
  expect(await shop.ledger.readPool(ada.poolId)).toMatchObject({ available: 350_000, blocked: 0 });
  expect(await auditPool(redis, ada.poolId)).toEqual([]);
});

test('a dispute that is lost takes what was disputed, and what was spent of it becomes a debt', async () => {
  const ada = await buyer();
  await spend(ada, 150_000);
  const dispute = shop.stripe.dispute(ada.payment);
  await deliver();
  expect(await shop.available(ada.poolId)).toBe(0);
  shop.stripe.moveDispute(dispute.id, 'lost');
  await deliver((events) => [...events, ...events]);
  expect(await shop.available(ada.poolId)).toBe(-150_000);
  expect(await auditPool(redis, ada.poolId)).toEqual([]);
});

test('a dispute that is lost, appealed and won gives back what it took', async () => {
  const ada = await buyer();
  const dispute = shop.stripe.dispute(ada.payment);
  shop.stripe.moveDispute(dispute.id, 'lost');
  await deliver();
  expect(await shop.available(ada.poolId)).toBe(0);
  shop.stripe.moveDispute(dispute.id, 'appeal_under_review');
  await deliver();
  expect(await shop.available(ada.poolId)).toBe(0);
  shop.stripe.moveDispute(dispute.id, 'won');
  await deliver();
  expect(await shop.available(ada.poolId)).toBe(credits(200));
});

test('an inquiry blocks nothing, until it becomes a dispute', async () => {
  const ada = await buyer();
  const dispute = shop.stripe.dispute(ada.payment, { inquiry: true });
  await deliver();
  expect(await shop.available(ada.poolId)).toBe(credits(200));
  shop.stripe.moveDispute(dispute.id, 'needs_response');
  await deliver();
  expect(await shop.available(ada.poolId)).toBe(0);
});

test('a payment that is refunded and disputed never loses more than it brought', async () => {
  const ada = await buyer();
  await buyMore(ada);
  shop.stripe.refund(ada.payment, { amount: 600 });
  const dispute = shop.stripe.dispute(ada.payment, { amount: 1_000 });
  shop.stripe.moveDispute(dispute.id, 'lost');
  await deliver((events) => events.toReversed());
  expect(await shop.available(ada.poolId)).toBe(credits(200));
});

test('many deliveries about one payment at once end at what Stripe says, with one entry for each change', async () => {
  const ada = await buyer();
  const refund = shop.stripe.refund(ada.payment, { amount: 300, status: 'pending' });
  const event = shop.stripe.lastEvent('refund.created');
  await Promise.all(Array.from({ length: 8 }, () => shop.send(event)));
  shop.stripe.settleRefund(refund.id, 'failed');
  const events = shop.stripe.events().slice(-4);
  await Promise.all([...events, ...events, ...events].map(shop.send));
  expect(await shop.available(ada.poolId)).toBe(credits(200));
  expect((await entriesOf(ada)).filter(({ kind }) => kind === 'clawback')).toHaveLength(2);
  expect(await auditPool(redis, ada.poolId)).toEqual([]);
});

test('a refund of another shop on the same account is taken and changes nothing', async () => {
  const customer = [...shop.stripe.customers.keys()][0] ?? '';
  const card = shop.stripe.saveCard(customer);
  const pay = await fetch(`${shop.stripe.origin}/v1/payment_intents`, {
    method: 'POST',
    headers: { Authorization: 'Bearer sk_test_planted_api_key', 'Stripe-Version': '2026-10-28.endive' },
    body: new URLSearchParams({ amount: '700', currency: 'usd', customer, payment_method: card, confirm: 'true' }),
  });
  const { id } = (await pay.json()) as { id: string };
  shop.stripe.refund(id);
  await deliver();
  expect(await redis.keys(`*${id}*`)).toEqual([]);
});
