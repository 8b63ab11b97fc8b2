import { pino } from 'pino';
import { expect, test } from 'vitest';
import { credits } from '../../../shared/credits.ts';
import { type Person, startTestCheckout, startTestRedis } from '../test-checkout.ts';
import { testAutoTopup } from './test-auto-topup.ts';

const redis = await startTestRedis();
const shop = await startTestCheckout(redis, { stripe: true });
const auto = testAutoTopup(redis, shop);
const { stripe } = shop;
const { topups } = auto.till;

async function pass(): Promise<void> {
  await shop.checkout.autoTopup?.runOnce();
}

const succeeded = (person: Person) => auto.payments(person).filter(({ status }) => status === 'succeeded');

/** Errors in the log that are about a pool, after so many lines. */
function errorsAbout({ poolId }: Person, after: number): string[] {
  const errors = shop.logged.slice(after).filter((line) => JSON.parse(line).level === pino.levels.values.error);
  return errors.filter((line) => line.includes(poolId));
}

type WrongRequest = { message: string; code?: string; param?: string };

/** Refused as Stripe refuses a wrong request. @param isKept under its key, since Stripe had begun to carry it out. */
async function refusedWith(person: Person, fault: WrongRequest, isKept = false): Promise<void> {
  const refusal = { type: 'invalid_request_error', ...fault } as const;
  stripe.failWhen((request) => (request === 'POST /v1/payment_intents' ? { refusal, isKept } : undefined));
  await auto.turnOn(person);
  await pass();
  stripe.failWhen(() => undefined);
}

test.each([
  { message: 'Your account cannot currently make live charges.' },
  { message: 'This value is not allowed.', param: 'return_url' },
  { message: 'Automatic tax needs the address of the customer.', code: 'customer_tax_location_invalid' },
  {
    message: "No such customer: 'cus_1'; a similar object exists in live mode, but a test mode key was used.",
    code: 'resource_missing',
    param: 'customer',
  },
])(
  'what the operator has to put right is an error in the log, stops nothing, and is charged once then: $message',
  async (fault) => {
    const ada = await shop.newPerson();
    const before = shop.logged.length;
    await refusedWith(ada, fault);
    expect(await auto.arrangements.read(ada.poolId)).toMatchObject({ state: 'on', topup: 'auto-1' });
    expect(shop.mails.filter(({ to }) => to === ada.account.email)).toEqual([]);
    expect(errorsAbout(ada, before)).toHaveLength(1);
    for (let n = 0; n < 2; n++) await pass();
    expect(succeeded(ada)).toHaveLength(1);
    expect(await shop.available(ada.poolId)).toBe(credits(200));
  },
);

test.each([
  { message: "No such PaymentMethod: 'pm_1'", code: 'resource_missing' },
  { message: 'It is of no or another customer.', param: 'payment_method' },
  { message: 'The provided PaymentMethod was previously used and detached. It may not be used again.' },
  { message: 'The payment method must be attached to the customer.' },
])('what is wrong with the saved card stops it: $message', async (fault) => {
  const ada = await shop.newPerson();
  await refusedWith(ada, fault);
  expect(await auto.arrangements.read(ada.poolId)).toMatchObject({ state: 'stopped', reason: 'card_gone' });
});

test.each([
  ['answers again', async () => undefined],
  [
    'refuses for another receipt',
    (person: Person) => redis.hSet(`auto-topup:{${person.poolId}}`, 'email', 'new@example.com'),
  ],
] as const)(
  'what Stripe keeps under the key of a charge, and %s, stops it within a minute; a new consent has another key',
  async (_how, meanwhile) => {
    const ada = await shop.newPerson();
    await refusedWith(ada, { message: 'Your account cannot currently make live charges.' }, true);
    expect(await auto.arrangements.read(ada.poolId)).toMatchObject({ state: 'on', topup: 'auto-1' });
    await meanwhile(ada);
    const before = shop.logged.length;
    for (let n = 0; n < 3; n++) await pass();
    const stopped = { state: 'stopped', reason: 'not_taken', topup: '', monthSpent: 0, mailDue: false };
    expect(await auto.arrangements.read(ada.poolId)).toMatchObject(stopped);
    expect((await topups.read({ pool: ada.poolId, id: 'auto-1' }))?.state).toBe('failed');
    expect(auto.payments(ada)).toEqual([]);
    const words = 'The payment could not be made. Nothing was charged.';
    const mails = shop.mails.filter(({ text }) => text.includes(ada.poolId));
    expect(mails.map(({ text }) => text.includes(words))).toEqual([true]);
    expect(await auto.read(ada)).toContain(`Auto top-up has stopped. ${words}`);
    expect(errorsAbout(ada, before)).toEqual([expect.stringMatching(/"end":"not_taken".*"statusCode":400/)]);

    await auto.turnOn(ada);
    await pass();
    expect(succeeded(ada)).toMatchObject([{ metadata: { topup: 'auto-2' } }]);
    expect(await shop.available(ada.poolId)).toBe(credits(200));
  },
);
