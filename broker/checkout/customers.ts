import type Stripe from 'stripe';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import type { Payer } from './payment-source.ts';

export type Customers = ReturnType<typeof createCustomers>;

/**
 * Stripe's customers, one for each person in each pool: what a person buys for a studio is invoiced to the studio, and
 * nobody sees another's address, cards or tax number.
 */
export function createCustomers(redis: RedisClient, stripe: Stripe) {
  const read = (payer: Payer) => repeatUntilKnown(() => redis.get(keyOf(payer)));

  return {
    /** The customer's id; null for who never came to pay. */
    read,

    /** The customer's id, made on the first purchase. Safe to repeat: a lost answer makes no second customer. */
    async ensure(payer: Payer, email: string): Promise<string> {
      const known = await read(payer);
      if (known) return known;
      const id = (await findAtStripe(payer, email)) ?? (await create(payer, email));
      await repeatUntilKnown(() => redis.set(keyOf(payer), id));
      return id;
    },

    /** Forgets a customer that was deleted at Stripe, so that the next purchase makes a new one. */
    async forget(payer: Payer): Promise<void> {
      // First the count: under the old idempotency key Stripe would answer with the customer that is gone.
      await repeatUntilKnown(() => redis.incr(countKeyOf(payer)));
      await repeatUntilKnown(() => redis.del(keyOf(payer)));
    },
  };

  /** One that was made before our own note of it was written: Stripe forgets an idempotency key after a day. */
  async function findAtStripe({ pool, account }: Payer, email: string): Promise<string | undefined> {
    for await (const { id, metadata } of stripe.customers.list({ email, limit: 100 })) {
      if (metadata.pool === pool && metadata.account === account) return id;
    }
    return undefined;
  }

  async function create({ pool, account }: Payer, email: string): Promise<string> {
    const metadata = { v: '1', pool, account };
    const forgotten = await repeatUntilKnown(() => redis.get(countKeyOf({ pool, account })));
    const idempotencyKey = `customer_${pool}_${account}_${forgotten ?? 0}`;
    const { id } = await stripe.customers.create({ email, metadata }, { idempotencyKey });
    return id;
  }
}

function keyOf({ pool, account }: Payer): string {
  return `customer:{${pool}}:${account}`;
}

function countKeyOf({ pool, account }: Payer): string {
  return `customers-forgotten:{${pool}}:${account}`;
}
