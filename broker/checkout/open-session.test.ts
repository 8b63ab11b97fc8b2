import { expect, test } from 'vitest';
import { chooseOnPage, formOf, press, sessionAt, startTestCheckout, startTestRedis } from './test-checkout.ts';

const redis = await startTestRedis();
const shop = await startTestCheckout(redis, { stripe: true });

test('Stripe is told the pack, the price and whose it is, on the session and on the payment', async () => {
  const ada = await shop.newPerson();
  const id = await shop.buy(ada, 'credits-1000');
  const session = shop.stripe.sessions.get(id);
  expect(session).toMatchObject({ amount_total: 5_000, currency: 'usd', client_reference_id: ada.poolId });
  expect(session?.metadata).toMatchObject({ v: '1', pool: ada.poolId, pack: 'credits-1000', credits: '1000000' });
  shop.stripe.pay(id);
  expect(shop.stripe.intents.get(session?.payment_intent ?? '')?.metadata).toEqual(session?.metadata);
});

test('case 24: the session is asked for under a key of our own record, so a lost answer makes no second session', async () => {
  const ada = await shop.newPerson();
  const sessions = shop.stripe.sessions.size;
  const requests = shop.stripe.requests.length;
  shop.stripe.failNext('hang-up');
  await press(ada, await chooseOnPage(ada));
  expect(shop.stripe.requests.length).toBe(requests + 2);
  expect(shop.stripe.sessions.size).toBe(sessions + 1);
});

test('case 24: a broker that died between its record and the session gets the same session for the same form', async () => {
  const ada = await shop.newPerson();
  const form = await chooseOnPage(ada);
  const first = await press(ada, form);
  const topup = shop.stripe.sessions.get(sessionAt(first))?.metadata.topup;
  // What a crash before the session was stored leaves behind.
  const key = `topup:{${ada.poolId}}:${topup}`;
  await redis.hDel(key, ['session', 'url']);
  await redis.hSet(key, 'state', 'created');
  shop.time.now += 5 * 60_000;
  expect(await press(ada, form)).toBe(first);
});

test('case 25: a double click of Pay leads to one session, and one payment', async () => {
  const ada = await shop.newPerson();
  const form = await chooseOnPage(ada);
  const before = shop.stripe.sessions.size;
  const [one, two] = await Promise.all([press(ada, form), press(ada, form)]);
  expect(one).toBe(two);
  expect(await press(ada, form)).toBe(one);
  expect(shop.stripe.sessions.size).toBe(before + 1);
  await shop.send(shop.stripe.pay(sessionAt(one)));
  // The form is sent once more after it was paid: it shows the result, not a payment page.
  expect(await press(ada, form)).toMatch('/checkout/return?');
  expect(await shop.topups(ada.poolId)).toBe(1);
});

test('case 25: the same form with another pack is refused, and offers a fresh form for it', async () => {
  const ada = await shop.newPerson();
  const form = await chooseOnPage(ada);
  await press(ada, form);
  const refused = await ada.browser
    .post('/checkout')
    .type('form')
    .send({ ...form, pack: 'credits-500' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('You have chosen another pack');
  expect(refused.text).toMatch(/value="credits-500" checked/);
  const fresh = formOf(refused.text, '/checkout');
  expect(fresh.order).not.toBe(form.order);
  expect(await press(ada, { ...fresh, pack: 'credits-500' })).toMatch('/c/pay/');
});

test('when Stripe does not answer, the page says so, nothing is charged, and the next try works', async () => {
  const ada = await shop.newPerson();
  const form = await chooseOnPage(ada);
  shop.stripe.failNext(500, 500, 500);
  const refused = await ada.browser.post('/checkout').type('form').send(form);
  expect(refused.status).toBe(503);
  expect(refused.text).toContain('Nothing was charged');
  expect(await press(ada, { ...formOf(refused.text, '/checkout'), pack: 'credits-200' })).toMatch('/c/pay/');
});

test('a form that is repeated when its session could not last any more is told to start again', async () => {
  const ada = await shop.newPerson();
  const form = await chooseOnPage(ada);
  shop.stripe.failNext(500, 500, 500);
  await ada.browser.post('/checkout').type('form').send(form).expect(503);
  shop.time.now += 31 * 60_000;
  const location = await press(ada, form);
  expect(location).toMatch('/checkout/return?');
  expect((await ada.browser.get(location)).text).toContain('This checkout has expired');
});
