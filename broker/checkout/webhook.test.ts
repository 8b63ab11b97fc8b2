import { expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import { SECRET_KEY, startTestCheckout, startTestRedis, WEBHOOK_SECRET } from './test-checkout.ts';

const redis = await startTestRedis();
const shop = await startTestCheckout(redis, { stripe: true });

test('a wrong signature, an old one, none, and another body are refused', async () => {
  const ada = await shop.newPerson();
  const event = shop.stripe.pay(await shop.buy(ada));
  const now = shop.time.now;
  const good = shop.stripe.sign(event, [WEBHOOK_SECRET]);
  expect((await shop.deliver(event.body, shop.stripe.sign(event, ['whsec_other']))).status).toBe(400);
  expect((await shop.deliver(event.body, shop.stripe.sign(event, [WEBHOOK_SECRET], now - 301_000))).status).toBe(400);
  expect((await shop.deliver(event.body, '')).status).toBe(400);
  expect((await shop.deliver(`${event.body} `, good)).status).toBe(400);
  expect((await shop.deliver(JSON.stringify({ padding: 'x'.repeat(300_000) }), good)).status).toBe(413);
  expect(await shop.available(ada.poolId)).toBe(0);
  expect((await shop.deliver(event.body, good)).status).toBe(200);
});

test('while a secret is replaced, events signed by the old, the new and both are taken', async () => {
  const rotating = await startTestCheckout(redis, { stripe: true, webhookSecrets: ['whsec_new', 'whsec_old'] });
  for (const signers of [['whsec_old'], ['whsec_new'], ['whsec_old', 'whsec_new'], ['whsec_older', 'whsec_new']]) {
    const ada = await rotating.newPerson();
    const event = rotating.stripe.pay(await rotating.buy(ada));
    expect((await rotating.deliver(event.body, rotating.stripe.sign(event, signers))).status).toBe(200);
    expect(await rotating.available(ada.poolId)).toBe(credits(200));
  }
});

test('events about something else than a session of ours are taken and change nothing', async () => {
  const other = { id: 'evt_x', type: 'customer.created', body: anEvent('customer.created', { id: 'cus_1' }) };
  expect(await shop.send(other)).toBe(200);

  const ada = await shop.newPerson();
  const id = await shop.buy(ada);
  const session = shop.stripe.sessions.get(id);
  if (session) session.metadata = { order: 'of another shop on the same account' };
  expect(await shop.send(shop.stripe.pay(id))).toBe(200);
  expect(await shop.available(ada.poolId)).toBe(0);
});

test('a payment that a bank refuses is read again, and credits nothing: its session may still be paid', async () => {
  const ada = await shop.newPerson();
  const session = await shop.buy(ada);
  shop.stripe.payLater(session);
  shop.stripe.settleLater(session, 'failed');
  const before = shop.stripe.requests.length;
  expect(await shop.send(shop.stripe.lastEvent('payment_intent.payment_failed'))).toBe(200);
  const payment = shop.stripe.sessions.get(session)?.payment_intent;
  expect(shop.stripe.requests.slice(before)).toEqual([`GET /v1/payment_intents/${payment}`]);
  expect(await shop.available(ada.poolId)).toBe(0);
});

test('a paid session whose record is lost is an error for the operator, and Stripe is asked to come again', async () => {
  const ada = await shop.newPerson();
  const id = await shop.buy(ada);
  const event = shop.stripe.pay(id);
  await redis.del(`topup:{${ada.poolId}}:${shop.stripe.sessions.get(id)?.metadata.topup}`);
  expect(await shop.send(event)).toBe(500);
  expect(shop.logged.join('')).toContain('names a top-up without a record');
});

test('while Redis is away events are refused, and the next delivery credits', async () => {
  const lost = redis.duplicate() as unknown as RedisClient;
  await lost.connect();
  const cut = await startTestCheckout(lost, { stripe: true });
  const ada = await cut.newPerson();
  const event = cut.stripe.pay(await cut.buy(ada));
  lost.destroy();
  expect(await cut.send(event)).toBeGreaterThanOrEqual(500);
  const back = await startTestCheckout(redis, { stripe: true });
  for (const [id, session] of cut.stripe.sessions) back.stripe.sessions.set(id, session);
  expect(await back.send(event)).toBe(200);
  expect(await shop.available(ada.poolId)).toBe(credits(200));
});

test('an event of the other mode is refused', async () => {
  const body = anEvent('checkout.session.completed', { id: 'cs_live_1' }, true);
  expect(await shop.send({ id: 'evt_live', type: 'checkout.session.completed', body })).toBe(400);
});

test('no secret is ever logged', async () => {
  const ada = await shop.newPerson();
  const event = shop.stripe.pay(await shop.buy(ada));
  await shop.deliver(event.body, shop.stripe.sign(event, ['whsec_other']));
  await shop.send(event);
  const everything = shop.logged.join('');
  expect(everything).toContain('top-up credited');
  expect(everything).toContain('No signatures found matching');
  expect(everything).not.toContain(SECRET_KEY);
  expect(everything).not.toContain(WEBHOOK_SECRET);
});

function anEvent(type: string, object: object, livemode = false): string {
  return JSON.stringify({ id: 'evt_1', object: 'event', type, livemode, data: { object } });
}
