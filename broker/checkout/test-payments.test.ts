import { expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import { chooseOnPage, formOf, press, startTestCheckout, startTestRedis } from './test-checkout.ts';

const redis = await startTestRedis();
const shop = await startTestCheckout(redis, { stripe: false });

test('the labelled test payment goes from the page to the ledger by a signed event', async () => {
  const ada = await shop.newPerson();
  const first = await ada.browser.get('/checkout').expect(200);
  expect(first.text).toContain('Test payment: no money moves. This broker has no Stripe key.');
  const location = await press(ada, { ...formOf(first.text, '/checkout'), pack: 'credits-200' });
  const result = await ada.browser.get(location).expect(200);
  expect(result.text).toContain('200 credits added');
  expect(await shop.available(ada.poolId)).toBe(credits(200));
  expect(shop.logged.join('')).toContain('checkout.session.completed');
});

test('case 25: paying the same test payment twice at once credits once', async () => {
  const ada = await shop.newPerson();
  const form = await chooseOnPage(ada);
  await Promise.all([press(ada, form), press(ada, form)]);
  await press(ada, form);
  expect(await shop.topups(ada.poolId)).toBe(1);
});

test('an unsigned event does not credit, even in development', async () => {
  const ada = await shop.newPerson();
  await press(ada, await chooseOnPage(ada));
  expect((await shop.deliver(JSON.stringify({ type: 'checkout.session.completed' }), 't=1,v1=00')).status).toBe(400);
});

test("the secret of a broker's test payments is made once and kept", async () => {
  const before = await redis.get('test-payments:secret');
  await startTestCheckout(redis, { stripe: false });
  expect(before).toMatch(/^whsec_[\w-]{43}$/);
  expect(await redis.get('test-payments:secret')).toBe(before);
  expect(shop.logged.join('')).not.toContain(before);
});

test('somebody else cannot see a test payment', async () => {
  const ada = await shop.newPerson();
  const eve = await shop.newPerson();
  const location = await press(ada, await chooseOnPage(ada));
  await eve.browser.get(location).expect(404);
});
