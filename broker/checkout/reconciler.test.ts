import { expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import { chooseOnPage, startTestCheckout, startTestRedis } from './test-checkout.ts';

const redis = await startTestRedis();
const shop = await startTestCheckout(redis, { stripe: true });
const DAY = 24 * 3600_000;

const pass = async () => {
  shop.time.now += 2 * 60_000;
  const found = await shop.checkout.reconciler?.runOnce();
  if (!found) throw new Error('somebody else has the lease');
  return found;
};
/** Neither this session nor its payment can be read. */
function failReading(session: string): void {
  const intent = shop.stripe.sessions.get(session)?.payment_intent ?? '';
  shop.stripe.failWhen((request) => (request.endsWith(session) || request.endsWith(intent) ? 400 : undefined));
}

test('case 06: a paid session whose events never came is found by the reconciler', async () => {
  const ada = await shop.newPerson();
  shop.stripe.pay(await shop.buy(ada));
  expect(await pass()).toMatchObject({ credited: 1, failed: 0 });
  expect(await shop.available(ada.poolId)).toBe(credits(200));
  expect(await pass()).toMatchObject({ credited: 0, failed: 0 });
});

test('case 06: a broker that slept for three days credits everything, and takes back what was refunded and lost', async () => {
  const people = await Promise.all(Array.from({ length: 4 }, () => shop.newPerson()));
  const [bought, returned, lost, late] = people;
  if (!bought || !returned || !lost || !late) throw new Error('four people');
  await pass();
  const debit = await shop.buy(late);
  shop.stripe.payLater(debit);
  shop.time.now += DAY;
  shop.stripe.pay(await shop.buy(bought));
  const paymentOf = (session: string) => {
    shop.stripe.pay(session);
    return shop.stripe.sessions.get(session)?.payment_intent ?? '';
  };
  shop.stripe.refund(paymentOf(await shop.buy(returned)), { amount: 250 });
  const dispute = shop.stripe.dispute(paymentOf(await shop.buy(lost)));
  shop.time.now += 2 * DAY;
  shop.stripe.moveDispute(dispute.id, 'lost');
  shop.stripe.settleLater(debit, 'succeeded');
  expect(await pass()).toMatchObject({ credited: 4, failed: 0 });
  expect(await Promise.all(people.map(({ poolId }) => shop.available(poolId)))).toEqual([
    credits(200),
    credits(150),
    credits(0),
    credits(200),
  ]);
});

test('a refund of a payment that was credited weeks ago is found by its event', async () => {
  const ada = await shop.newPerson();
  const session = await shop.buy(ada);
  await shop.send(shop.stripe.pay(session));
  await pass();
  shop.time.now += 100 * DAY;
  await pass();
  shop.stripe.refund(shop.stripe.sessions.get(session)?.payment_intent ?? '');
  await pass();
  expect(await shop.available(ada.poolId)).toBe(0);
});

test('one top-up that cannot be read now does not keep the others waiting, and is found by the next pass', async () => {
  const [ada, bob] = [await shop.newPerson(), await shop.newPerson()];
  const session = await shop.buy(ada);
  shop.stripe.pay(session);
  shop.stripe.pay(await shop.buy(bob));
  failReading(session);
  expect(await pass()).toMatchObject({ credited: 1, failed: 2 });
  shop.stripe.failWhen(() => undefined);
  expect(await shop.available(bob.poolId)).toBe(credits(200));
  shop.time.now += 40 * DAY;
  expect(await pass()).toMatchObject({ credited: 1, failed: 0 });
  expect(await shop.available(ada.poolId)).toBe(credits(200));
});

test('while Stripe cannot tell what happened, the next pass asks from the same moment on', async () => {
  const ada = await shop.newPerson();
  const session = await shop.buy(ada);
  await shop.send(shop.stripe.pay(session));
  shop.time.now += DAY;
  await pass();
  shop.stripe.refund(shop.stripe.sessions.get(session)?.payment_intent ?? '');
  shop.time.now += DAY;
  shop.stripe.failWhen((request) => (request === 'GET /v1/events' ? 400 : undefined));
  expect(await pass()).toMatchObject({ failed: 1 });
  expect(await shop.available(ada.poolId)).toBe(credits(200));
  shop.time.now += DAY;
  shop.stripe.failWhen(() => undefined);
  await pass();
  expect(await shop.available(ada.poolId)).toBe(0);
});

test('one reconciler at a time: while one is at it, another broker finds the lease taken', async () => {
  const other = await startTestCheckout(redis, { stripe: true });
  const [one, two] = await Promise.all([shop.checkout.reconciler?.runOnce(), other.checkout.reconciler?.runOnce()]);
  expect([one, two].filter((found) => found === null)).toHaveLength(1);
  expect(await other.checkout.reconciler?.runOnce()).not.toBeNull();
});

test('a purchase that never got a session is closed when its form cannot be repeated any more', async () => {
  const ada = await shop.newPerson();
  shop.stripe.failNext(400);
  await ada.browser
    .post('/checkout')
    .type('form')
    .send(await chooseOnPage(ada))
    .expect(500);
  const open = () => redis.zCard('open-topups');
  shop.time.now += 50 * 60_000;
  await pass();
  const before = await open();
  shop.time.now += 10 * 60_000;
  await pass();
  expect(await open()).toBe(before - 1);
});

test('a session that Stripe does not know is asked for a week long, then given up', async () => {
  const ada = await shop.newPerson();
  const session = await shop.buy(ada);
  shop.stripe.sessions.delete(session);
  expect(await pass()).toMatchObject({ failed: 1 });
  shop.time.now += 6 * DAY;
  expect(await pass()).toMatchObject({ failed: 1 });
  shop.time.now += 2 * DAY;
  expect(await pass()).toMatchObject({ failed: 0 });
  expect(await redis.zRange('open-topups', 0, -1)).not.toContainEqual(expect.stringContaining(ada.poolId));
  expect(shop.logged.join('')).toContain('given up');
});

test('a top-up is never given up because Stripe could not be asked', async () => {
  const ada = await shop.newPerson();
  const session = await shop.buy(ada);
  shop.stripe.pay(session);
  failReading(session);
  expect(await pass()).toMatchObject({ credited: 0, failed: 2 });
  shop.time.now += 6 * DAY;
  expect(await pass()).toMatchObject({ credited: 0, failed: 2 });
  shop.stripe.failWhen(() => undefined);
  expect(await pass()).toMatchObject({ credited: 1, failed: 0 });
});

test('it starts with a pass of its own, and stops after the pass that is running', async () => {
  const again = await startTestCheckout(redis, { stripe: true });
  const ada = await again.newPerson();
  again.stripe.pay(await again.buy(ada));
  again.time.now = shop.time.now;
  again.checkout.reconciler?.start();
  await again.checkout.reconciler?.stop();
  expect(await again.available(ada.poolId)).toBe(0);
  await again.checkout.reconciler?.runOnce();
});
