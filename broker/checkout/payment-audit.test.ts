import { beforeEach, expect, test } from 'vitest';
import { startTestRefunds } from '../admin/test-refunds.ts';
import { moveOut } from '../ledger/move-out.ts';

const { redis, shop, openTill, buyer } = await startTestRefunds();
const { paymentAudit } = openTill();
const DAY = 24 * 3600_000;
const SOUND = { putRight: 0, differing: [] };

/** Audits the day that was, an hour and a bit after its end. */
async function tomorrow() {
  shop.time.now = Math.ceil(shop.time.now / DAY) * DAY + 2 * 3600_000;
  return paymentAudit.runOnce();
}

const paymentOf = (session: string) => shop.stripe.sessions.get(session)?.payment_intent ?? '';

// Whatever a test before left different is not the next one's.
beforeEach(async () => {
  await tomorrow();
  shop.alarmed.length = 0;
});

test('what was bought, given back and disputed on a day is the same at Stripe and in the ledger', async () => {
  await buyer();
  const [partly, charged, won] = [await buyer(), await buyer(), await buyer()];
  const free = await shop.newPerson();
  const session = await shop.buy(free);
  shop.stripe.discount(session, 1_000);
  await shop.send(shop.stripe.completeFree(session));
  shop.stripe.refund(partly.payment, { amount: 250 });
  shop.stripe.dispute(charged.payment);
  shop.stripe.moveDispute(shop.stripe.dispute(won.payment).id, 'won');
  for (const event of shop.stripe.events()) await shop.send(event);
  expect(await tomorrow()).toEqual({ checked: 5, ...SOUND });
  expect(shop.alarmed).toEqual([]);
});

test('a day is audited once, an hour after its end; days that were slept through are audited together', async () => {
  await buyer();
  shop.time.now = Math.ceil(shop.time.now / DAY) * DAY;
  expect(await paymentAudit.runOnce(), 'a list may show late what happened').toBeNull();
  expect(await tomorrow()).toEqual({ checked: 1, ...SOUND });
  expect(await paymentAudit.runOnce()).toBeNull();
  await buyer();
  shop.time.now += 3 * DAY;
  await buyer();
  expect(await tomorrow()).toEqual({ checked: 2, ...SOUND });
});

test('what neither webhooks nor the search for what they missed has brought is put right', async () => {
  const [ada, bob, eve] = [await shop.newPerson(), await buyer(), await buyer()];
  shop.stripe.pay(await shop.buy(ada));
  shop.stripe.refund(bob.payment);
  shop.stripe.dispute(eve.payment);
  expect(await tomorrow()).toEqual({ checked: 3, putRight: 3, differing: [] });
  expect(await shop.available(ada.poolId)).toBe(200_000);
  expect(await shop.available(bob.poolId)).toBe(0);
  expect(await shop.ledger.readPool(eve.poolId)).toMatchObject({ blocked: 200_000 });
  expect(shop.alarmed).toEqual([]);
});

test('a payment of which the ledger says more was credited freezes its pool, and calls the operator once', async () => {
  const [ada, bob] = [await buyer(), await buyer()];
  await redis.hIncrBy(`p:{${ada.poolId}}:${ada.payment}`, 'credited', 1_000);
  const found = await tomorrow();
  const why = '200 credits were paid for, 201 credits were credited';
  expect(found).toEqual({ checked: 2, putRight: 0, differing: [{ payment: ada.payment, pool: ada.poolId, why }] });
  expect(shop.alarmed).toMatchObject([{ kind: 'payments_differ', details: { differing: found?.differing } }]);
  expect(shop.alarmed[0]?.what).toContain(`${ada.payment} (pool ${ada.poolId}): ${why}`);
  expect(await shop.ledger.readPool(ada.poolId)).toMatchObject({ status: 'frozen' });
  expect(await shop.ledger.readPool(bob.poolId)).toMatchObject({ status: 'active' });
  await tomorrow();
  expect(shop.alarmed).toHaveLength(1);
});

test('credits whose payment Stripe does not know, or which was for something else, are found', async () => {
  const [gone, other] = [await buyer(), await buyer()];
  shop.stripe.intents.delete(gone.payment);
  const intent = shop.stripe.intents.get(other.payment);
  if (intent) intent.metadata = {};
  const pools = (await tomorrow())?.differing.map(({ pool }) => pool);
  expect(pools?.toSorted()).toEqual([gone.poolId, other.poolId].toSorted());
});

test('a payment whose record is lost is told, and freezes nothing', async () => {
  const ada = await shop.newPerson();
  const session = await shop.buy(ada);
  shop.stripe.pay(session);
  await redis.del(`topup:{${ada.poolId}}:${shop.stripe.sessions.get(session)?.metadata.topup}`);
  expect((await tomorrow())?.differing).toMatchObject([{ payment: paymentOf(session), pool: null }]);
  expect(shop.alarmed).toHaveLength(1);
  expect(await shop.ledger.readPool(ada.poolId)).toMatchObject({ status: 'active' });
});

test('a pool that is gone is told of, and keeps no other from being frozen', async () => {
  const [gone, ada] = [await buyer(), await buyer()];
  await redis.del([`w:{${gone.poolId}}`, `p:{${gone.poolId}}:${gone.payment}`]);
  await redis.hIncrBy(`p:{${ada.poolId}}:${ada.payment}`, 'credited', 1_000);
  const pools = (await tomorrow())?.differing.map(({ pool }) => pool);
  expect(pools?.toSorted()).toEqual([gone.poolId, ada.poolId].toSorted());
  expect(await shop.ledger.readPool(ada.poolId)).toMatchObject({ status: 'frozen' });
  expect(shop.alarmed).toHaveLength(1);
});

test('a refund of what was moved to another broker is compared here, where it was bought', async () => {
  const { poolId, payment } = await buyer();
  await moveOut(redis, { poolId, moveId: 'move', to: 'another broker', why: 'moving house', actor: 'operator' });
  shop.stripe.refund(payment);
  expect(await tomorrow()).toEqual({ checked: 1, putRight: 1, differing: [] });
});

test('while Stripe cannot be asked nothing is audited, and the next pass does it', async () => {
  const { payment } = await buyer();
  shop.stripe.failWhen((request) => (request.endsWith(payment) ? 500 : undefined));
  await expect(tomorrow()).rejects.toMatchObject({ code: 'broker_busy' });
  shop.stripe.failWhen(() => undefined);
  expect(await paymentAudit.runOnce()).toEqual({ checked: 1, ...SOUND });
});

test('payments of another shop on the same account are not ours', async () => {
  const ada = await shop.newPerson();
  const id = await shop.buy(ada);
  const session = shop.stripe.sessions.get(id);
  if (session) session.metadata = {};
  shop.stripe.pay(id);
  const intent = shop.stripe.intents.get(paymentOf(id));
  if (intent) intent.metadata = {};
  expect(await tomorrow()).toEqual({ checked: 1, ...SOUND });
});
