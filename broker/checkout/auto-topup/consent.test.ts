import { expect, test } from 'vitest';
import { credits } from '../../../shared/credits.ts';
import { sessionAt, startTestCheckout, startTestRedis } from '../test-checkout.ts';
import { testAutoTopup } from './test-auto-topup.ts';

const redis = await startTestRedis();
const shop = await startTestCheckout(redis, { stripe: true });
const auto = testAutoTopup(redis, shop);

test('the owner agrees to amounts in words, saves a card at Stripe, and it is on', async () => {
  const ada = await shop.newPerson();
  expect((await ada.browser.get('/checkout')).text).toContain(`/checkout/auto?pool=${ada.poolId}`);
  expect(await auto.read(ada)).toContain('without asking me each time');
  const { headers } = await auto.send(ada, await auto.fillIn(ada, { threshold: '1,000', limit: '$250' })).expect(303);
  const session = shop.stripe.sessions.get(sessionAt(headers.location ?? ''));
  expect(session).toMatchObject({ mode: 'setup', status: 'open' });
  expect(await auto.read(ada)).toContain('your card has not been saved');
  shop.stripe.saveOnPage(session?.id ?? '');
  expect(await auto.read(ada)).toContain(
    'Auto top-up is on. Below 1,000 credits Buys 200 credits for $10 Card Visa •••• 4242',
  );
  expect(await auto.read(ada)).toContain('This month $0 of $250');
  expect(await auto.arrangements.read(ada.poolId)).toMatchObject({
    state: 'on',
    account: ada.account.id,
    email: ada.account.email,
    agreedAt: shop.time.now,
    threshold: credits(1_000),
    monthlyCents: 25_000,
  });
});

test('who closes the tab after saving the card has it on all the same', async () => {
  const ada = await shop.newPerson();
  const { headers } = await auto.send(ada, await auto.fillIn(ada)).expect(303);
  shop.stripe.saveOnPage(sessionAt(headers.location ?? ''));
  await shop.checkout.autoTopup?.runOnce();
  expect(await auto.arrangements.read(ada.poolId)).toMatchObject({ state: 'on' });
});

test('who saves no card has nothing on a day later, and nobody looks after it any more', async () => {
  const ada = await shop.newPerson();
  await auto.send(ada, await auto.fillIn(ada)).expect(303);
  shop.time.now += 26 * 3600_000;
  await shop.checkout.autoTopup?.runOnce();
  expect(await auto.arrangements.read(ada.poolId)).toMatchObject({ state: 'off' });
  expect(await auto.arrangements.list()).not.toContain(ada.poolId);
});

test('case 25: a double click of the form leads to one session', async () => {
  const ada = await shop.newPerson();
  const form = await auto.fillIn(ada);
  const [one, two] = await Promise.all([auto.send(ada, form), auto.send(ada, form)]);
  expect(one.headers.location).toBe(two.headers.location);
});

test.each([
  ['no consent', { agree: '' }, 'Without your consent'],
  ['no number', { threshold: 'few' }, 'Type a whole number'],
  ['a limit below one top-up', { limit: '9' }, 'Type an amount from $10'],
  ['a limit above what is sold', { limit: '100000' }, 'Type an amount from $10'],
])('%s is refused beside its field, and what was typed stays', async (_what, typed, words) => {
  const ada = await shop.newPerson();
  const refused = await auto.send(ada, await auto.fillIn(ada, { pack: 'credits-200', ...typed })).expect(422);
  expect(refused.text).toContain(words);
  expect(refused.text).toMatch(/value="credits-200" checked/);
  expect(await auto.arrangements.read(ada.poolId)).toBeNull();
});

test('a pack that is not sold, and a form from elsewhere, are refused', async () => {
  const ada = await shop.newPerson();
  const form = await auto.fillIn(ada);
  await auto.send(ada, { ...form, pack: 'credits-1' }).expect(400);
  const { form_token: _, ...foreign } = form;
  await auto.send(ada, foreign).expect(403);
});

test('members and strangers can neither see it nor set it nor turn it off', async () => {
  const ada = await shop.newPerson();
  await auto.turnOn(ada);
  const [bob, eve] = [await shop.newPerson(), await shop.newPerson()];
  const terms = { role: 'admin' as const, cap: null };
  await shop.ledger.setMember({
    poolId: ada.poolId,
    operationId: 'invite',
    memberId: bob.account.id,
    terms,
    actor: 'test',
  });
  for (const [person, status] of [
    [bob, 403],
    [eve, 404],
  ] as const) {
    await person.browser.get(auto.pageOf(ada)).expect(status);
    const form = { ...(await auto.fillIn(person)), pool: ada.poolId };
    await auto.send(person, form).expect(status);
    await person.browser.post('/checkout/auto/off').type('form').send(form).expect(status);
  }
  const own = await bob.browser.get(`/checkout?pool=${ada.poolId}`).expect(200);
  expect(own.text).not.toContain('/checkout/auto');
  expect(await auto.arrangements.read(ada.poolId)).toMatchObject({ state: 'on' });
});

test('other terms need no other card', async () => {
  const ada = await shop.newPerson();
  await auto.turnOn(ada);
  const { headers } = await auto.send(ada, await auto.fillIn(ada, { pack: 'credits-1000', limit: '60' })).expect(303);
  expect(headers.location).toBe(auto.pageOf(ada));
  expect(await auto.read(ada)).toContain('Buys 1,000 credits for $50 Card Visa •••• 4242 This month $0 of $60');
});

test('who owns the pool now changes nothing about the card of who owned it before', async () => {
  const ada = await shop.newPerson();
  await auto.turnOn(ada);
  await redis.hSet(`auto-topup:{${ada.poolId}}`, 'account', 'somebody who was here before');
  const { headers } = await auto.send(ada, await auto.fillIn(ada)).expect(303);
  expect(headers.location).toContain(`${shop.stripe.origin}/c/pay/`);
  expect(await auto.arrangements.read(ada.poolId)).toMatchObject({ state: 'setting_up', card: '' });
});

test('one click turns it off, and the card is forgotten at Stripe', async () => {
  const ada = await shop.newPerson();
  await auto.turnOn(ada);
  const { card = '' } = (await auto.arrangements.read(ada.poolId)) ?? {};
  await auto.turnOff(ada);
  expect(shop.stripe.cards.get(card)?.customer).toBeNull();
  await shop.checkout.autoTopup?.runOnce();
  expect(auto.payments(ada)).toEqual([]);
  expect(await auto.arrangements.list()).not.toContain(ada.poolId);
});

test('when Stripe does not answer, the page says so and the next try works', async () => {
  const ada = await shop.newPerson();
  const form = await auto.fillIn(ada);
  shop.stripe.failNext(500, 500, 500);
  expect((await auto.send(ada, form).expect(503)).text).toContain('Nothing was charged');
  await auto.send(ada, await auto.fillIn(ada)).expect(303);
});

test('where taxes are worked out in the payment page, it is not offered, since nobody is there', async () => {
  const taxed = await startTestCheckout(redis, { stripe: true, automaticTax: true });
  const ada = await taxed.newPerson();
  expect((await ada.browser.get('/checkout')).text).not.toContain('/checkout/auto');
  await ada.browser.get(`/checkout/auto?pool=${ada.poolId}`).expect(404);
});
