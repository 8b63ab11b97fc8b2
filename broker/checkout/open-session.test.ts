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
  let faults = 1;
  shop.stripe.failWhen((request) => (request === 'POST /v1/checkout/sessions' && faults-- > 0 ? 'hang-up' : undefined));
  await press(ada, await chooseOnPage(ada));
  const asked = shop.stripe.requests.slice(requests).filter((request) => request === 'POST /v1/checkout/sessions');
  expect(asked).toHaveLength(2);
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
  expect(refused.text).toContain('You have chosen another amount');
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

test('case 24: a session that Stripe made and denied is never paid, and the next form gets its own', async () => {
  const ada = await shop.newPerson();
  const form = await chooseOnPage(ada);
  let faults = 1;
  shop.stripe.failWhen((request) =>
    request === 'POST /v1/checkout/sessions' && faults-- > 0 ? { after: 500 } : undefined,
  );
  // Stripe gives the same answer again for the same key, as it says it does.
  const refused = await ada.browser.post('/checkout').type('form').send(form).expect(503);
  shop.stripe.failWhen(() => undefined);
  expect(await press(ada, { ...formOf(refused.text, '/checkout'), pack: 'credits-200' })).toMatch('/c/pay/');
});

test('the first purchase of a person for a pool makes one customer, which the next ones use', async () => {
  const ada = await shop.newPerson();
  const before = shop.stripe.customers.size;
  let faults = 1;
  shop.stripe.failWhen((request) => (request === 'POST /v1/customers' && faults-- > 0 ? 'hang-up' : undefined));
  const [first, second] = [await shop.buy(ada), await shop.buy(ada)];
  shop.stripe.failWhen(() => undefined);
  const customer = shop.stripe.sessions.get(first)?.customer ?? '';
  expect(shop.stripe.sessions.get(second)?.customer).toBe(customer);
  expect(shop.stripe.customers.size).toBe(before + 1);
  expect(shop.stripe.customers.get(customer)).toMatchObject({
    email: ada.account.email,
    metadata: { pool: ada.poolId, account: ada.account.id },
  });
});

test('case 24: a customer that was made before a crash, days ago, is found again', async () => {
  const ada = await shop.newPerson();
  const first = shop.stripe.sessions.get(await shop.buy(ada))?.customer;
  await redis.del(`customer:{${ada.poolId}}:${ada.account.id}`);
  shop.time.now += 3 * 24 * 3600_000;
  expect(shop.stripe.sessions.get(await shop.buy(ada))?.customer).toBe(first);
});

test('a customer that the operator deleted at Stripe is made anew', async () => {
  const ada = await shop.newPerson();
  const gone = shop.stripe.sessions.get(await shop.buy(ada))?.customer ?? '';
  shop.stripe.customers.delete(gone);
  const anew = shop.stripe.sessions.get(await shop.buy(ada))?.customer;
  expect(anew).toMatch(/^cus_/);
  expect(anew).not.toBe(gone);
});

test('a session takes promotion codes and tax numbers and ends in an invoice; taxes are worked out when asked for', async () => {
  const ada = await shop.newPerson();
  const offer = {
    allow_promotion_codes: true,
    tax_id_collection: { enabled: true },
    invoice_creation: { enabled: true },
  };
  expect(shop.stripe.sessions.get(await shop.buy(ada))).toMatchObject({ ...offer, automatic_tax: { enabled: false } });
  const taxed = await startTestCheckout(redis, { stripe: true, automaticTax: true });
  const bob = await taxed.newPerson();
  const session = await taxed.buy(bob);
  expect(taxed.stripe.sessions.get(session)).toMatchObject({ ...offer, automatic_tax: { enabled: true } });
  taxed.stripe.addTax(session, 190);
  await taxed.send(taxed.stripe.pay(session));
  expect(await taxed.available(bob.poolId)).toBe(200_000);
});

test('a Stripe that takes requests and never answers costs a person seconds, not the purchase', async () => {
  const slow = await startTestCheckout(redis, { stripe: true, timeoutMs: 200 });
  const ada = await slow.newPerson();
  let faults = 1;
  slow.stripe.failWhen((request) => (request === 'POST /v1/checkout/sessions' && faults-- > 0 ? 'stall' : undefined));
  await slow.send(slow.stripe.pay(await slow.buy(ada)));
  expect(slow.stripe.sessions.size).toBe(1);
  expect(await slow.available(ada.poolId)).toBe(200_000);
});
