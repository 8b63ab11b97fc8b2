import { expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import { chooseOnPage, press, sessionAt, startTestCheckout, startTestRedis, WEBHOOK_SECRET } from './test-checkout.ts';

const redis = await startTestRedis();
const shop = await startTestCheckout(redis, { stripe: true });

test('a paid pack arrives in the pool that was chosen, once, as paid credits of the one who paid', async () => {
  const ada = await shop.newPerson();
  const url = await press(ada, await chooseOnPage(ada));
  expect(url).toMatch(`${shop.stripe.origin}/c/pay/`);
  expect(await shop.send(shop.stripe.pay(sessionAt(url)))).toBe(200);

  const [entry] = await shop.ledger.listEntries(ada.poolId, { limit: 1 });
  expect(entry).toMatchObject({ kind: 'topup', amount: credits(200), actor: ada.account.id });
  expect(entry?.split).toEqual({ gift: 0, paid: credits(200) });
  expect(await shop.available(ada.poolId)).toBe(credits(200));
});

test('case 04: a webhook delivered twice, or by several deliveries at once, credits once', async () => {
  const ada = await shop.newPerson();
  const event = shop.stripe.pay(await shop.buy(ada));
  expect(await Promise.all([event, event, event, event].map(shop.send))).toEqual([200, 200, 200, 200]);
  expect(await shop.send(event)).toBe(200);
  expect(await shop.available(ada.poolId)).toBe(credits(200));
  expect(await shop.topups(ada.poolId)).toBe(1);
});

test('case 05: an event whose credit could not be written is credited by the next delivery', async () => {
  const calls = { refused: 0 };
  const { ledger } = shop;
  const failing = await startTestCheckout(redis, {
    stripe: true,
    ledger: {
      ...ledger,
      topup: (command) => {
        if (calls.refused++ === 0) return Promise.reject(new Error('redis is down'));
        return ledger.topup(command);
      },
    },
  });
  const ada = await failing.newPerson();
  const event = failing.stripe.pay(await shop.buy(ada));
  const deliver = () => failing.deliver(event.body, failing.stripe.sign(event, [WEBHOOK_SECRET]));
  expect((await deliver()).status).toBe(500);
  expect(await failing.available(ada.poolId)).toBe(0);
  expect((await deliver()).status).toBe(200);
  expect(await failing.available(ada.poolId)).toBe(credits(200));
});

test('case 05: a broker that died after the credit and before its own record says so does not credit again', async () => {
  const ada = await shop.newPerson();
  const session = await shop.buy(ada);
  const event = shop.stripe.pay(session);
  const topup = shop.stripe.sessions.get(session)?.metadata.topup;
  const payment = shop.stripe.sessions.get(session)?.payment_intent ?? '';
  await shop.ledger.topup({
    poolId: ada.poolId,
    paymentId: payment,
    amount: credits(200),
    origin: 'paid',
    reference: `topup:${topup}`,
    actor: ada.account.id,
    memberId: ada.account.id,
  });
  expect(await shop.send(event)).toBe(200);
  expect(await shop.available(ada.poolId)).toBe(credits(200));
  expect((await ada.browser.get(`/checkout/return?pool=${ada.poolId}&topup=${topup}`)).text).toContain(
    '200 credits added',
  );
});

test('case 06: a delayed payment is credited when the bank confirms it, not before', async () => {
  const ada = await shop.newPerson();
  const session = await shop.buy(ada);
  const topup = shop.stripe.sessions.get(session)?.metadata.topup;
  const completed = shop.stripe.payLater(session);
  expect(completed.type).toBe('checkout.session.completed');
  expect(await shop.send(completed)).toBe(200);
  expect(await shop.available(ada.poolId)).toBe(0);
  const { text } = await ada.browser.get(`/checkout/return?pool=${ada.poolId}&topup=${topup}`);
  expect(text).toContain('Waiting for your bank');

  const confirmed = shop.stripe.settleLater(session, 'succeeded');
  expect(confirmed.type).toBe('checkout.session.async_payment_succeeded');
  expect(await shop.send(confirmed)).toBe(200);
  expect(await shop.available(ada.poolId)).toBe(credits(200));
  // The first event comes again, days late: nothing moves.
  expect(await shop.send(completed)).toBe(200);
  expect(await shop.topups(ada.poolId)).toBe(1);
});

test('a payment that the bank refuses closes the purchase and credits nothing', async () => {
  const ada = await shop.newPerson();
  const session = await shop.buy(ada);
  const topup = shop.stripe.sessions.get(session)?.metadata.topup;
  await shop.send(shop.stripe.payLater(session));
  expect(await shop.send(shop.stripe.settleLater(session, 'failed'))).toBe(200);
  expect(await shop.available(ada.poolId)).toBe(0);
  const { text } = await ada.browser.get(`/checkout/return?pool=${ada.poolId}&topup=${topup}`);
  expect(text).toContain('The payment did not go through');
});

test('an expired session closes the purchase, and a repeated form is told so', async () => {
  const ada = await shop.newPerson();
  const form = await chooseOnPage(ada);
  const session = sessionAt(await press(ada, form));
  expect(await shop.send(shop.stripe.expire(session))).toBe(200);
  const back = await press(ada, form);
  expect(back).toMatch('/checkout/return?');
  expect((await ada.browser.get(back)).text).toContain('This checkout has expired');
});

test('the page after the payment credits too, when it is faster than the webhook', async () => {
  const ada = await shop.newPerson();
  const session = await shop.buy(ada);
  const event = shop.stripe.pay(session);
  const { pathname, search } = new URL(shop.stripe.sessions.get(session)?.success_url ?? '');
  const { text } = await ada.browser.get(pathname + search).expect(200);
  expect(text).toContain('200 credits added');
  expect(await shop.send(event)).toBe(200);
  expect(await shop.topups(ada.poolId)).toBe(1);
});

test('the page after the payment believes Stripe, not its own address', async () => {
  const ada = await shop.newPerson();
  const session = await shop.buy(ada);
  const { pathname, search } = new URL(shop.stripe.sessions.get(session)?.success_url ?? '');
  expect((await ada.browser.get(pathname + search)).text).toContain('Not paid yet');
  expect(await shop.available(ada.poolId)).toBe(0);
});

test('credits come from our record, whatever a promotion leaves to pay', async () => {
  const ada = await shop.newPerson();
  const half = await shop.buy(ada, 'credits-500');
  shop.stripe.discount(half, 1_250);
  await shop.send(shop.stripe.pay(half));
  expect(await shop.available(ada.poolId)).toBe(credits(500));
});

test('a session that costs nothing is credited when it is completed, not while it is open', async () => {
  const ada = await shop.newPerson();
  const free = await shop.buy(ada);
  shop.stripe.discount(free, 1_000);
  shop.time.now += 2 * 60_000;
  await shop.checkout.reconciler?.runOnce();
  expect(await shop.available(ada.poolId)).toBe(0);
  await shop.send(shop.stripe.completeFree(free));
  expect(await shop.available(ada.poolId)).toBe(credits(200));
});
