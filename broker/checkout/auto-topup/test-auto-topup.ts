import { pino } from 'pino';
import { ulid } from 'ulid';
import { millicredits } from '../../../shared/credits.ts';
import { aHold } from '../../ledger/test-ledger.ts';
import type { RedisClient } from '../../redis/connect.ts';
import type { CardBehaviour } from '../fake-stripe/payments.ts';
import { createStripeTill } from '../stripe-till.ts';
import { formOf, type Person, SECRET_KEY, sessionAt, type TestCheckout, WEBHOOK_SECRET } from '../test-checkout.ts';
import { createArrangements } from './arrangements.ts';

/** What people do about auto top-up in a test's shop, and what a broker does step by step. */
export function testAutoTopup(redis: RedisClient, shop: TestCheckout) {
  const { stripe, ledger, time } = shop;
  const clock = () => time.now;
  const settings = { secretKey: SECRET_KEY, webhookSecrets: [WEBHOOK_SECRET], automaticTax: false };
  const till = createStripeTill({
    redis,
    ledger,
    alarms: shop.alarms,
    clock,
    logger: pino({ level: 'silent' }),
    publicUrl: 'http://localhost:8787',
    stripe: { ...settings, baseUrl: stripe.origin },
  });
  const arrangements = createArrangements(redis, clock);

  const pageOf = ({ poolId }: Person) => `/checkout/auto?pool=${poolId}`;

  /** Opens the page and gives its form, filled in. */
  async function fillIn(person: Person, typed: Record<string, string> = {}): Promise<Record<string, string>> {
    const { text } = await person.browser.get(pageOf(person)).expect(200);
    const choice = { threshold: '50', pack: 'credits-200', limit: '100', agree: 'yes' };
    return { ...formOf(text, '/checkout/auto'), ...choice, ...typed };
  }

  function send({ browser }: Person, form: Record<string, string>) {
    return browser.post('/checkout/auto').type('form').send(form);
  }

  return {
    till,
    arrangements,
    pageOf,
    fillIn,
    send,

    /** Agrees on the page, and saves a card that behaves like this when nobody is there. */
    async turnOn(person: Person, behaviour: CardBehaviour = 'pays', typed: Record<string, string> = {}): Promise<void> {
      const { headers } = await send(person, await fillIn(person, typed)).expect(303);
      stripe.saveOnPage(sessionAt(headers.location ?? ''), behaviour);
      await person.browser.get(pageOf(person)).expect(200);
    },

    async turnOff(person: Person): Promise<void> {
      const { text } = await person.browser.get(pageOf(person)).expect(200);
      await person.browser.post('/checkout/auto/off').type('form').send(formOf(text, '/checkout/auto/off')).expect(303);
    },

    /** Gives credits that are not bought. */
    async give({ poolId }: Person, amount: number): Promise<void> {
      const gift = { paymentId: ulid(), origin: 'gift' as const, reference: '', actor: 'test' };
      await ledger.topup({ poolId, amount: millicredits(amount), ...gift });
    },

    async spend({ poolId, account }: Person, amount: number): Promise<void> {
      const command = aHold({ poolId, memberId: account.id }, amount);
      const { generationId, ceiling: actual, memberId } = command;
      await ledger.hold(command);
      await ledger.capture({ poolId, memberId, generationId, actual, reference: 'job', actor: 'worker' });
    },

    /** The payments that were tried for a pool, oldest first. */
    payments: ({ poolId }: Person) => [...stripe.intents.values()].filter(({ metadata }) => metadata.pool === poolId),

    /** The page's words. */
    async read(person: Person): Promise<string> {
      const { text } = await person.browser.get(pageOf(person)).expect(200);
      return text
        .replace(/<style>.*<\/style>/s, '')
        .replace(/<[^>]+>/g, ' ')
        .replace(/\s+/g, ' ');
    },
  };
}
