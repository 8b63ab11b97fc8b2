import { pino } from 'pino';
import { expect, test } from 'vitest';
import { credits } from '../../../shared/credits.ts';
import { auditPool } from '../../ledger/audit-pool.ts';
import { type Person, startTestCheckout, startTestRedis } from '../test-checkout.ts';
import { chargeIfLow } from './charge.ts';
import { createNudges } from './nudges.ts';
import { testAutoTopup } from './test-auto-topup.ts';

const redis = await startTestRedis();
const nudges = createNudges();
const shop = await startTestCheckout(redis, { stripe: true, nudges });
const auto = testAutoTopup(redis, shop);
const { ledger, stripe, time } = shop;
const { cards, topups, settlement } = auto.till;
if (!cards) throw new Error('cards can be saved in these tests');

const DAY = 24 * 3600_000;

async function pass(): Promise<void> {
  await shop.checkout.autoTopup?.runOnce();
}

const succeeded = (person: Person) => auto.payments(person).filter(({ status }) => status === 'succeeded');

test('below the threshold it buys once, by the record and not by what was charged', async () => {
  const ada = await shop.newPerson();
  await auto.give(ada, credits(60));
  await auto.turnOn(ada);
  await pass();
  expect(auto.payments(ada)).toEqual([]);
  await auto.spend(ada, credits(11));
  await pass();
  await pass();
  expect(auto.payments(ada)).toMatchObject([{ status: 'succeeded', amount: 1_000, receipt_email: ada.account.email }]);
  expect(await shop.available(ada.poolId)).toBe(credits(249));
  for (const event of stripe.events()) await shop.send(event);
  await shop.checkout.reconciler?.runOnce();
  expect(await shop.topups(ada.poolId)).toBe(2);
  expect(await auditPool(redis, ada.poolId)).toEqual([]);
  expect(await auto.read(ada)).toContain('This month $10 of $100');
});

test('a hold that takes the pool below it is enough: nobody waits for the next minute', async () => {
  const ada = await shop.newPerson();
  await auto.give(ada, credits(60));
  await auto.turnOn(ada);
  await auto.spend(ada, credits(20));
  nudges.note(ada.poolId);
  await expect.poll(() => shop.available(ada.poolId)).toBe(credits(240));
});

test('a pool without it costs a nudge nothing', async () => {
  const ada = await shop.newPerson();
  const before = stripe.requests.length;
  nudges.note(ada.poolId);
  await shop.checkout.autoTopup?.stop();
  expect(stripe.requests.length).toBe(before);
});

test('it buys until there is enough, and stops at the monthly limit until the next month', async () => {
  const ada = await shop.newPerson();
  await auto.turnOn(ada, 'pays', { threshold: '900', limit: '29' });
  for (let n = 0; n < 5; n++) await pass();
  expect(succeeded(ada)).toHaveLength(2);
  expect(await auto.read(ada)).toContain('The limit of this month is reached');
  time.now += 31 * DAY;
  for (let n = 0; n < 5; n++) await pass();
  expect(succeeded(ada)).toHaveLength(4);
});

test.each([
  ['requires_action', 'Your bank wants you to approve the payment yourself'],
  ['declined', 'Your bank declined the payment'],
] as const)(
  'a card that is refused (%s) stops it, costs nothing, and the owner is mailed once with a link',
  async (behaviour, words) => {
    const ada = await shop.newPerson();
    await auto.turnOn(ada, behaviour);
    for (let n = 0; n < 3; n++) await pass();
    expect(auto.payments(ada)).toMatchObject([{ status: 'canceled' }]);
    expect(await shop.available(ada.poolId)).toBe(0);
    const mails = shop.mails.filter(({ to }) => to === ada.account.email);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).toContain(words);
    expect(mails[0]?.text).toContain(`http://localhost:8787/checkout/auto?pool=${ada.poolId}`);
    expect(await auto.read(ada)).toContain(`Auto top-up has stopped. ${words}`);
    expect((await ada.browser.get('/checkout')).text).toContain(`Auto top-up has stopped. ${words}`);
    expect(await auto.arrangements.read(ada.poolId)).toMatchObject({ monthSpent: 0, topup: '' });

    await auto.turnOn(ada);
    await pass();
    expect(succeeded(ada)).toHaveLength(1);
    expect(await shop.available(ada.poolId)).toBe(credits(200));
  },
);

test('a card that was taken away at Stripe stops it', async () => {
  const ada = await shop.newPerson();
  await auto.turnOn(ada);
  const { card = '' } = (await auto.arrangements.read(ada.poolId)) ?? {};
  stripe.cards.delete(card);
  await pass();
  expect(await auto.read(ada)).toContain('The saved card is not there any more');
});

test.each([
  { died: 'before the charge', later: 60_000 },
  { died: 'before the charge', later: 3 * DAY },
  { died: 'after the charge', later: 60_000 },
  { died: 'after the charge', later: 3 * DAY },
  { died: 'after the credit', later: 60_000 },
  { died: 'after the credit', later: 3 * DAY },
])('a broker that died $died is followed by one that charges once, $later ms later', async ({ died, later }) => {
  const ada = await shop.newPerson();
  await auto.turnOn(ada);
  await auto.arrangements.begin(ada.poolId, 0);
  const topup = await topups.read({ pool: ada.poolId, id: 'auto-1' });
  if (!topup) throw new Error('a charge that is begun has a record');
  const charge = died === 'before the charge' ? null : await cards.charge(topup, ada.account.email);
  if (died === 'after the credit' && charge?.state === 'paid') await settlement.payment(charge.payment);
  time.now += later;
  await pass();
  await pass();
  expect(succeeded(ada)).toHaveLength(1);
  expect(await shop.available(ada.poolId)).toBe(credits(200));
  expect(await auto.arrangements.read(ada.poolId)).toMatchObject({ topup: '', monthSpent: 1_000 });
});

test('a broker that died after a refused charge is followed by one that stops', async () => {
  const ada = await shop.newPerson();
  await auto.turnOn(ada, 'requires_action');
  await auto.arrangements.begin(ada.poolId, 0);
  const topup = await topups.read({ pool: ada.poolId, id: 'auto-1' });
  if (topup) await cards.charge(topup, ada.account.email);
  time.now += 3 * DAY;
  await pass();
  expect(auto.payments(ada)).toHaveLength(1);
  expect(await auto.arrangements.read(ada.poolId)).toMatchObject({ state: 'stopped', reason: 'requires_action' });
});

test.each([
  ['is lost', 'hang-up'],
  ['says 500', { after: 500 }],
] as const)('case 24: a charge whose answer %s is made once', async (_how, fault) => {
  const ada = await shop.newPerson();
  await auto.turnOn(ada);
  let faults = 1;
  stripe.failWhen((request) => (request === 'POST /v1/payment_intents' && faults-- > 0 ? fault : undefined));
  await pass();
  await pass();
  stripe.failWhen(() => undefined);
  expect(auto.payments(ada)).toHaveLength(1);
  expect(await shop.available(ada.poolId)).toBe(credits(200));
});

test('case 25: many brokers that find a pool low at once charge once', async () => {
  const ada = await shop.newPerson();
  await auto.turnOn(ada);
  const { arrangements } = auto;
  const found = await arrangements.read(ada.poolId);
  if (!found) throw new Error('it is on');
  const logger = pino({ level: 'silent' });
  const options = { arrangements, cards, topups, settlement, ledger, clock: () => time.now, logger };
  await Promise.allSettled(Array.from({ length: 12 }, () => chargeIfLow(options, found)));
  await pass();
  expect(auto.payments(ada)).toHaveLength(1);
  expect(await shop.available(ada.poolId)).toBe(credits(200));
});

test('one charge at a time: none is begun beside another, nor by a balance that was read before another', async () => {
  const ada = await shop.newPerson();
  await auto.turnOn(ada);
  const { arrangements } = auto;
  const begun = async () => (await arrangements.read(ada.poolId))?.begun;
  await arrangements.begin(ada.poolId, 0);
  await arrangements.begin(ada.poolId, 1);
  expect(await begun()).toBe(1);
  const topup = await topups.read({ pool: ada.poolId, id: 'auto-1' });
  if (topup) await arrangements.finish(topup, 'not_charged');
  await arrangements.begin(ada.poolId, 0);
  expect(await begun()).toBe(1);
  await arrangements.begin(ada.poolId, 1);
  expect(await begun()).toBe(2);
  await arrangements.turnOff(ada.poolId);
});

test('what was begun and not charged when it is turned off is never charged', async () => {
  const ada = await shop.newPerson();
  await auto.turnOn(ada);
  await auto.arrangements.begin(ada.poolId, 0);
  const { card = '' } = (await auto.arrangements.read(ada.poolId)) ?? {};
  // Stripe does not take the card away: then it is on us.
  stripe.failWhen((request) => (request.endsWith('/detach') ? 503 : undefined));
  await auto.turnOff(ada);
  stripe.failWhen(() => undefined);
  expect(stripe.cards.get(card)?.customer).not.toBeNull();
  await pass();
  expect(auto.payments(ada)).toEqual([]);
  expect(await auto.arrangements.read(ada.poolId)).toMatchObject({ state: 'off', topup: '' });
});

test('a pool whose payment is disputed, or that owes for one that went back, is not charged for it anew', async () => {
  const ada = await shop.newPerson();
  const session = await shop.buy(ada);
  await shop.send(stripe.pay(session));
  await auto.turnOn(ada);
  await auto.spend(ada, credits(180));
  const dispute = stripe.dispute(stripe.sessions.get(session)?.payment_intent ?? '');
  await shop.send(stripe.lastEvent('charge.dispute.created'));
  await pass();
  await shop.send(stripe.moveDispute(dispute.id, 'lost'));
  await pass();
  expect(await shop.available(ada.poolId)).toBe(credits(-180));
  expect(auto.payments(ada)).toHaveLength(1);
});

test('a frozen pool, and one whose owner has changed, buy nothing', async () => {
  const [ada, bob] = [await shop.newPerson(), await shop.newPerson()];
  await auto.turnOn(ada);
  await auto.turnOn(bob);
  await ledger.freeze({ poolId: ada.poolId, operationId: 'freeze', why: 'test', actor: 'operator' });
  await redis.hSet(`auto-topup:{${bob.poolId}}`, 'account', 'somebody who was here before');
  await pass();
  expect([...auto.payments(ada), ...auto.payments(bob)]).toEqual([]);
});
