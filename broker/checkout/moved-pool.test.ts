import { expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import { startTestRefunds } from '../admin/test-refunds.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { moveOut } from '../ledger/move-out.ts';

const { redis, shop, openTill, buyer } = await startTestRefunds();
const till = openTill();

async function moveAway(poolId: string): Promise<void> {
  const move = { poolId, moveId: 'move', to: 'another broker', why: 'moving house', actor: 'operator' };
  expect(await moveOut(redis, move)).toMatchObject({ code: 'OK' });
}

const alarmsAbout = (payment: string) => shop.alarmed.filter(({ about }) => about === payment);

/** Somebody whose pool is moved away while they pay. */
async function paysTooLate() {
  const ada = await shop.newPerson();
  const session = await shop.buy(ada);
  await moveAway(ada.poolId);
  const event = shop.stripe.pay(session);
  const payment = shop.stripe.sessions.get(session)?.payment_intent ?? '';
  return { ...ada, session, event, payment };
}

test('a payment for a pool that was moved to another broker calls the operator, once, and can go back', async () => {
  const { poolId, event, payment } = await paysTooLate();
  for (const status of await Promise.all([event, event, event, event].map(shop.send))) {
    expect([200, 503], 'Stripe delivers the others again').toContain(status);
  }
  expect(await shop.send(event)).toBe(200);
  for (const other of shop.stripe.events()) await shop.send(other);
  shop.time.now += 2 * 60_000;
  await shop.checkout.reconciler?.runOnce();
  const [alarm, ...more] = alarmsAbout(payment);
  expect(more).toEqual([]);
  expect(alarm).toMatchObject({ kind: 'payment_stranded', details: { pool: poolId, payment } });
  expect(alarm?.what).toContain(`Payment ${payment} came for pool ${poolId}`);
  expect(alarm?.what).toContain('200 credits');
  expect(await shop.ledger.readPool(poolId)).toMatchObject({ status: 'frozen', paid: credits(200) });

  const refund = { id: 'back', pool: poolId, payment, amount: 1_000, reason: 'moved', actor: 'operator' };
  expect(await till.refundDesk.refund(refund)).toMatchObject({ code: 'OK' });
  expect(await shop.available(poolId)).toBe(0);
  expect(alarmsAbout(payment)).toHaveLength(1);
  expect(await auditPool(redis, poolId)).toEqual([]);
});

test('a broker that died after such a credit leaves the call to the next one', async () => {
  const { poolId, account, session, event, payment } = await paysTooLate();
  const topup = shop.stripe.sessions.get(session)?.metadata.topup;
  const paid = {
    poolId,
    paymentId: payment,
    amount: credits(200),
    origin: 'paid',
    reference: `topup:${topup}`,
  } as const;
  await shop.ledger.topup({ ...paid, actor: account.id, memberId: account.id });
  await shop.send(event);
  await shop.send(event);
  expect(alarmsAbout(payment)).toHaveLength(1);
});

test('a payment that moved away with its pool calls nobody when it is told again', async () => {
  const { poolId, payment } = await buyer();
  await moveAway(poolId);
  for (const event of shop.stripe.events()) await shop.send(event);
  await till.settlement.payment(payment);
  expect(alarmsAbout(payment)).toEqual([]);
});
