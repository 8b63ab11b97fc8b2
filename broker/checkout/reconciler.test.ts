import { expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import { chooseOnPage, startTestCheckout, startTestRedis } from './test-checkout.ts';

const redis = await startTestRedis();
const shop = await startTestCheckout(redis, { stripe: true });

test('case 06: a paid session whose events never came is found by the reconciler', async () => {
  const ada = await shop.newPerson();
  shop.stripe.pay(await shop.buy(ada));
  expect(await shop.checkout.reconciler?.runOnce()).toMatchObject({ credited: 0 });
  shop.time.now += 2 * 60_000;
  expect(await shop.checkout.reconciler?.runOnce()).toMatchObject({ credited: 1, failed: 0 });
  expect(await shop.available(ada.poolId)).toBe(credits(200));
  expect(await shop.checkout.reconciler?.runOnce()).toMatchObject({ credited: 0 });
});

test('one top-up that cannot be read now does not keep the others waiting, and is found by the next pass', async () => {
  const [ada, bob] = [await shop.newPerson(), await shop.newPerson()];
  shop.stripe.pay(await shop.buy(ada));
  shop.stripe.pay(await shop.buy(bob));
  shop.time.now += 2 * 60_000;
  shop.stripe.failNext(400);
  expect(await shop.checkout.reconciler?.runOnce()).toEqual({ checked: 2, credited: 1, failed: 1 });
  expect(await shop.checkout.reconciler?.runOnce()).toEqual({ checked: 1, credited: 1, failed: 0 });
  expect(await shop.available(ada.poolId)).toBe(credits(200));
  expect(await shop.available(bob.poolId)).toBe(credits(200));
});

test('a purchase that never got a session is closed when its form cannot be repeated any more', async () => {
  const ada = await shop.newPerson();
  shop.stripe.failNext(400);
  await ada.browser
    .post('/checkout')
    .type('form')
    .send(await chooseOnPage(ada))
    .expect(500);
  shop.time.now += 59 * 60_000;
  expect(await shop.checkout.reconciler?.runOnce()).toMatchObject({ checked: 1 });
  expect(await shop.checkout.reconciler?.runOnce()).toMatchObject({ checked: 1 });
  shop.time.now += 2 * 60_000;
  expect(await shop.checkout.reconciler?.runOnce()).toMatchObject({ checked: 1 });
  expect(await shop.checkout.reconciler?.runOnce()).toMatchObject({ checked: 0 });
});

test('a session that Stripe does not know is asked for a week long, then given up', async () => {
  const ada = await shop.newPerson();
  shop.stripe.sessions.delete(await shop.buy(ada));
  shop.time.now += 6 * 24 * 3600_000;
  expect(await shop.checkout.reconciler?.runOnce()).toEqual({ checked: 1, credited: 0, failed: 1 });
  shop.time.now += 2 * 24 * 3600_000;
  expect(await shop.checkout.reconciler?.runOnce()).toEqual({ checked: 1, credited: 0, failed: 0 });
  expect(await shop.checkout.reconciler?.runOnce()).toMatchObject({ checked: 0 });
});

test('it starts with a pass of its own, and stops after the pass that is running', async () => {
  const ada = await shop.newPerson();
  shop.stripe.pay(await shop.buy(ada));
  shop.time.now += 2 * 60_000;
  shop.checkout.reconciler?.start();
  await shop.checkout.reconciler?.stop();
  expect(await shop.available(ada.poolId)).toBe(credits(200));
});

test('a top-up is never given up because Stripe could not be asked', async () => {
  const ada = await shop.newPerson();
  shop.stripe.pay(await shop.buy(ada));
  shop.time.now += 8 * 24 * 3600_000;
  shop.stripe.failNext(400);
  expect(await shop.checkout.reconciler?.runOnce()).toEqual({ checked: 1, credited: 0, failed: 1 });
  expect(await shop.checkout.reconciler?.runOnce()).toEqual({ checked: 1, credited: 1, failed: 0 });
});
