import request from 'supertest';
import { expect, test } from 'vitest';
import { chooseOnPage, formOf, press, sessionAt, startTestCheckout, startTestRedis } from './test-checkout.ts';

const redis = await startTestRedis();
const shop = await startTestCheckout(redis, { stripe: true });

test("somebody else's pool, and one that does not exist, are not found", async () => {
  const ada = await shop.newPerson();
  const eve = await shop.newPerson();
  await eve.browser.get(`/checkout?pool=${ada.poolId}`).expect(404);
  await eve.browser.get('/checkout?pool=nothing').expect(404);
  const form = { ...(await chooseOnPage(eve)), pool: ada.poolId };
  await eve.browser.post('/checkout').type('form').send(form).expect(404);
  await eve.browser.get(`/checkout/return?pool=${ada.poolId}&topup=x`).expect(404);
});

test('a form from elsewhere is refused', async () => {
  const ada = await shop.newPerson();
  const { form_token: _, ...form } = await chooseOnPage(ada);
  await ada.browser.post('/checkout').type('form').send(form).expect(403);
});

test('a pack that is not sold is refused', async () => {
  const ada = await shop.newPerson();
  await ada.browser
    .post('/checkout')
    .type('form')
    .send({ ...(await chooseOnPage(ada)), pack: 'credits-9' })
    .expect(400);
});

test("the form may lead to Stripe's pages and nowhere else", async () => {
  const ada = await shop.newPerson();
  const page = await ada.browser.get('/checkout');
  expect(page.headers['content-security-policy']).toContain(`form-action 'self' ${shop.stripe.origin};`);
});

test('the page says who can help, offers no Pay, and a posted form is refused', async () => {
  const shop = await startTestCheckout(redis, { stripe: false, environment: 'production' });
  const ada = await shop.newPerson();
  const { text } = await ada.browser.get('/checkout').expect(200);
  expect(text).toContain('Top-up is not configured on this broker: ask whoever hosts it');
  expect(text).not.toContain('>Pay<');
  const form = { ...formOf(text, '/sign-out'), pool: ada.poolId, order: 'order', pack: 'credits-200' };
  const refused = await ada.browser.post('/checkout').type('form').send(form).expect(503);
  expect(refused.body.code).toBe('top_up_not_configured');
  expect((await shop.deliver('{}', 't=1,v1=00')).status).toBe(503);
  expect(shop.checkout.reconciler).toBeNull();
});

test('without an id it is the personal pool, with its name and what it has now', async () => {
  const ada = await shop.newPerson();
  const { text } = await ada.browser.get('/checkout').expect(200);
  expect(formOf(text, '/checkout').pool).toBe(ada.poolId);
  expect(text).toContain('<dd>Personal</dd>');
  expect(text).toContain('<dd>0 credits</dd>');
  expect(text).toContain('Credits never expire and work on every model.');
  expect(text.match(/aria-label="[^"]+"/g)).toEqual([
    'aria-label="200 credits, $10"',
    'aria-label="500 credits, $25"',
    'aria-label="1,000 credits, $50"',
    'aria-label="2,000 credits, $100"',
  ]);
});

test('whoever is not signed in is asked to, and comes back to the same pool', async () => {
  const answer = await request(shop.app).get('/checkout?pool=abc').expect(303);
  expect(answer.headers.location).toBe('/sign-in?return_to=%2Fcheckout%3Fpool%3Dabc');
});

test('another method is refused', async () => {
  await request(shop.app).delete('/checkout').expect(405).expect('Allow', 'GET, POST');
  await request(shop.app).get('/webhooks/stripe').expect(405).expect('Allow', 'POST');
});

test('another amount is bought like a pack, and the form keeps what was typed when it is refused', async () => {
  const ada = await shop.newPerson();
  const form = await chooseOnPage(ada, 'custom');
  const refused = await ada.browser
    .post('/checkout')
    .type('form')
    .send({ ...form, amount: '4.99' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('Type an amount from $5 to $2,000');
  expect(refused.text).toMatch(/<input[^>]*name="amount"[^>]*value="4.99"/);
  expect(refused.text).toMatch(/value="custom" checked/);

  const session = sessionAt(await press(ada, { ...form, amount: '12.50' }));
  expect(shop.stripe.sessions.get(session)).toMatchObject({ amount_total: 1_250, metadata: { pack: 'custom' } });
  await shop.send(shop.stripe.pay(session));
  expect(await shop.available(ada.poolId)).toBe(250_000);
  const other = await ada.browser
    .post('/checkout')
    .type('form')
    .send({ ...form, amount: '13' });
  expect(other.status).toBe(422);
});

test('whoever has bought something gets to the portal and the receipt of it, and nobody to those of others', async () => {
  const [ada, eve] = [await shop.newPerson(), await shop.newPerson()];
  expect((await ada.browser.get('/checkout')).text).not.toContain('/checkout/portal');
  const session = await shop.buy(ada);
  await shop.send(shop.stripe.pay(session));
  const form = formOf((await ada.browser.get('/checkout')).text, '/checkout/portal');
  const { headers } = await ada.browser.post('/checkout/portal').type('form').send(form).expect(303);
  const { customer, metadata } = shop.stripe.sessions.get(session) ?? {};
  expect(headers.location).toBe(`${shop.stripe.origin}/p/${customer}`);
  expect([...shop.stripe.portals.values()].at(-1)?.return_url).toContain(`/checkout?pool=${ada.poolId}`);

  const receipt = `/checkout/receipt?pool=${ada.poolId}&topup=${metadata?.topup}`;
  expect((await ada.browser.get(receipt).expect(303)).headers.location).toContain('/invoices/');
  await eve.browser.get(receipt).expect(404);
  const forged = { ...formOf((await eve.browser.get('/checkout')).text, '/checkout'), pool: ada.poolId };
  await eve.browser.post('/checkout/portal').type('form').send(forged).expect(404);
  await eve.browser
    .post('/checkout/portal')
    .type('form')
    .send({ ...forged, pool: eve.poolId })
    .expect(404);
  await ada.browser.post('/checkout/portal').type('form').send({ pool: ada.poolId }).expect(403);
});

test('of a pool of several, a member sees the own receipts only, an admin those of all', async () => {
  const [ada, bob] = [await shop.newPerson(), await shop.newPerson()];
  const session = await shop.buy(ada);
  await shop.send(shop.stripe.pay(session));
  const receipt = `/checkout/receipt?pool=${ada.poolId}&topup=${shop.stripe.sessions.get(session)?.metadata.topup}`;
  const join = (role: 'member' | 'admin') =>
    shop.ledger.setMember({
      poolId: ada.poolId,
      operationId: `join-${role}`,
      memberId: bob.account.id,
      terms: { role, cap: null },
      actor: ada.account.id,
    });
  await join('member');
  await bob.browser.get(receipt).expect(404);
  await join('admin');
  await bob.browser.get(receipt).expect(303);
});
