import { pino } from 'pino';
import { ulid } from 'ulid';
import { credits } from '../../shared/credits.ts';
import { createDiskArchive } from '../archive/disk-archive.ts';
import { createSeal } from '../archive/seal.ts';
import { loadKeys } from '../auth/keys.ts';
import { createStripeTill } from '../checkout/stripe-till.ts';
import {
  type Person,
  SECRET_KEY,
  startTestCheckout,
  startTestRedis,
  WEBHOOK_SECRET,
} from '../checkout/test-checkout.ts';
import { createLedger } from '../ledger/index.ts';
import { aHold } from '../ledger/test-ledger.ts';
import type { RedisClient } from '../redis/connect.ts';
import type { OpenBooks } from './books.ts';

/** A broker that sells by a stand-in for Stripe, and the till as the operator's commands open it beside that broker. */
export async function startTestRefunds() {
  const redis = await startTestRedis();
  const shop = await startTestCheckout(redis, { stripe: true });
  const clock = () => shop.time.now;
  const stripe = {
    secretKey: SECRET_KEY,
    webhookSecrets: [WEBHOOK_SECRET],
    baseUrl: shop.stripe.origin,
    automaticTax: false,
  };
  const logger = pino({ level: 'silent' });
  let heard = 0;

  /** @param connection the operator's, which may be worse than the broker's. */
  function openTill(connection: RedisClient = redis) {
    const ledger = createLedger(connection);
    const { alarms } = shop;
    const room = { redis: connection, ledger, alarms, clock, logger };
    return createStripeTill({ ...room, stripe, publicUrl: 'http://localhost' });
  }

  /** Their archive is never looked at. */
  const store = createDiskArchive('/nowhere');
  const open: OpenBooks = async () => {
    const seal = await createSeal((await loadKeys(redis)).jwks.keys);
    return { redis, ledger: shop.ledger, store, seal, issuer: 'http://localhost', openTill: () => openTill() };
  };

  async function buyMore(person: Person): Promise<string> {
    const session = await shop.buy(person);
    await shop.send(shop.stripe.pay(session));
    return shop.stripe.sessions.get(session)?.payment_intent ?? '';
  }

  return {
    redis,
    shop,
    clock,
    openTill,
    open,
    buyMore,
    /** Somebody who has bought 200 credits for $10, and the payment. */
    async buyer(): Promise<Person & { readonly payment: string }> {
      const person = await shop.newPerson();
      return { ...person, payment: await buyMore(person) };
    },
    /** The same without the pages, for tests that need many of them. */
    async quickBuyer() {
      const { topups, payments, settlement } = openTill();
      const [poolId, account] = [ulid().toLowerCase(), { id: 'ada' }];
      await shop.ledger.openPool({ poolId, ownerId: account.id, actor: account.id });
      const pack = { id: 'credits-200', credits: credits(200), cents: 1_000 } as const;
      const topup = await topups.create({ account: account.id, pool: poolId, pack, key: poolId });
      const { id } = await payments.open(topup, 'ada@example.com');
      shop.stripe.pay(id);
      await settlement.session(id);
      return { poolId, account, payment: shop.stripe.sessions.get(id)?.payment_intent ?? '' };
    },
    /** Millicredits, spent at once. */
    async spend({ poolId, account }: { poolId: string; account: { id: string } }, amount: number): Promise<void> {
      const hold = aHold({ poolId, memberId: account.id }, amount);
      await shop.ledger.hold(hold);
      const { generationId, ceiling: actual, memberId } = hold;
      await shop.ledger.capture({ poolId, memberId, generationId, actual, reference: 'job', actor: 'worker' });
    },
    /** Delivers every event since the last call that is about money going back, or all; the newest first, twice. */
    async deliver(all = true): Promise<void> {
      const events = shop.stripe.events().slice(heard);
      heard += events.length;
      const fresh = events.filter(({ type }) => all || type.includes('refund'));
      for (const event of [...fresh, ...fresh].reverse()) await shop.send(event);
    },
    /** What Stripe gave back of a payment, in cents, refund by refund. */
    refundsOf: (payment: string) =>
      [...shop.stripe.refunds.values()]
        .filter((refund) => refund.payment_intent === payment)
        .map(({ amount }) => amount),
  };
}
