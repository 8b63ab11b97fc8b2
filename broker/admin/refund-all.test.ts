import { expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import { createRefunds } from '../checkout/refunds.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import type { RedisClient } from '../redis/connect.ts';
import { createPrinter } from './printer.ts';
import { type RefundAll, refundAll } from './refund-all.ts';
import { startTestRefunds } from './test-refunds.ts';

const { redis, shop, openTill, buyer, quickBuyer, spend, deliver, refundsOf } = await startTestRefunds();
const silent = createPrinter(() => undefined, false);
let ids = 0;

function refundsOfPool(pool: string): RefundAll {
  const newId = () => `r_${++ids}`;
  return { pools: [pool], actor: 'operator:eva', reason: 'closing down', yes: true, newId, now: shop.time.now };
}

/**
 * Dies with its step number `last`: what Redis is asked from then on is not done, and what Stripe is asked at that step
 * is done but not heard of.
 */
function mortal(last: number): { redis: RedisClient; steps(): number } {
  let steps = 0;
  const isDead = () => {
    steps += 1;
    return steps >= last;
  };
  shop.stripe.failWhen(() => {
    const over = steps >= last;
    if (!isDead()) return undefined;
    return over ? 401 : 'hang-up';
  });
  const proxy = new Proxy(redis, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) =>
        isDead() ? Promise.reject(new InkpotError('broker_busy')) : Reflect.apply(value, target, args);
    },
  });
  return { redis: proxy, steps: () => steps };
}

/** The leases that a dead process leaves behind end by themselves after 30 s. */
async function endLeases(pool: string): Promise<void> {
  await redis.del(`lease:refunds:${pool}`);
}

test('killed at any step and run again, it gives each unused credit back once, and takes it once', async () => {
  let step = 0;
  let done = false;
  do {
    step += 1;
    const ada = await quickBuyer();
    await spend(ada, 50_000);
    const killed = mortal(step);
    done = await refundAll(openTill(killed.redis).refundDesk, refundsOfPool(ada.poolId), silent).catch(() => false);
    shop.stripe.failWhen(() => undefined);
    await endLeases(ada.poolId);
    expect(await refundAll(openTill().refundDesk, refundsOfPool(ada.poolId), silent)).toBe(true);
    await deliver(false);
    expect([step, refundsOf(ada.payment)]).toEqual([step, [750]]);
    expect(await shop.ledger.readPool(ada.poolId)).toMatchObject({ paid: 0, out: 150_000, spent: 50_000 });
    expect(await auditPool(redis, ada.poolId)).toEqual([]);
    expect(await openTill().refundDesk.listOpen(shop.time.now)).toEqual([]);
  } while (!done);
  // The dying connection did not die before the work, and saw all of it.
  expect(step).toBeGreaterThan(15);
});

test('a refund that somebody died over cannot be spent meanwhile, and is finished by the broker', async () => {
  const ada = await buyer();
  const { refundDesk } = openTill();
  shop.stripe.failWhen((request) => (request === 'POST /v1/refunds' ? 401 : undefined));
  const refund = { id: 'r_died', pool: ada.poolId, payment: ada.payment, actor: 'eva', reason: 'asked', amount: 1_000 };
  await expect(refundDesk.refund(refund)).rejects.toThrow();
  await expect(refundDesk.refund(refund)).rejects.toThrow();
  expect(await shop.available(ada.poolId)).toBe(0);
  expect(refundsOf(ada.payment)).toEqual([]);

  shop.stripe.failWhen(() => undefined);
  shop.time.now += 2 * 60_000;
  await shop.checkout.reconciler?.runOnce();
  expect(refundsOf(ada.payment)).toEqual([1_000]);
  expect(await shop.available(ada.poolId)).toBe(0);
  expect(await refundDesk.refund(refund)).toMatchObject({ code: 'REPLAY' });
});

test('what Stripe refuses gives its credits back, and what was spent before it was taken is not refunded', async () => {
  const ada = await buyer();
  const desk = openTill().refundDesk;
  const order = { pool: ada.poolId, payment: ada.payment, actor: 'eva', reason: 'asked' };
  shop.stripe.failWhen((request) => (request === 'POST /v1/refunds' ? 400 : undefined));
  expect(await desk.refund({ ...order, id: 'r_no', amount: 400 })).toMatchObject({ code: 'REFUSED' });
  shop.stripe.failWhen(() => undefined);
  expect(await shop.available(ada.poolId)).toBe(200_000);
  expect(await desk.refund({ ...order, id: 'r_no', amount: 400 })).toMatchObject({ code: 'REFUSED' });

  await spend(ada, 150_000);
  expect(await desk.refund({ ...order, id: 'r_late', amount: 1_000 })).toMatchObject({ code: 'INSUFFICIENT' });
  expect(await shop.available(ada.poolId)).toBe(50_000);
  expect(refundsOf(ada.payment)).toEqual([]);
  await deliver();
  expect(await auditPool(redis, ada.poolId)).toEqual([]);
});

test('a refund that fails at the bank afterwards gives the credits back to the pool', async () => {
  const ada = await buyer();
  await refundAll(openTill().refundDesk, refundsOfPool(ada.poolId), silent);
  expect(await shop.available(ada.poolId)).toBe(0);
  const refund = [...shop.stripe.refunds.values()].find(({ payment_intent }) => payment_intent === ada.payment);
  shop.stripe.settleRefund(refund?.id ?? '', 'failed');
  await deliver();
  expect(await shop.available(ada.poolId)).toBe(millicredits(200_000));
});

test('two at once give back no more than there is', async () => {
  const ada = await buyer();
  const desks = [openTill().refundDesk, openTill().refundDesk, openTill().refundDesk];
  await Promise.all(desks.map((desk) => refundAll(desk, refundsOfPool(ada.poolId), silent)));
  await refundAll(openTill().refundDesk, refundsOfPool(ada.poolId), silent);
  await deliver();
  expect(refundsOf(ada.payment)).toEqual([1_000]);
  expect(await shop.available(ada.poolId)).toBe(0);
});

test('a refund that came to nothing while another process had it on its list is not made after all', async () => {
  const ada = await quickBuyer();
  const name = { id: 'r_stale', pool: ada.poolId, payment: ada.payment };
  const died = { ...name, amount: 1_000, actor: 'operator:eva', reason: 'closing down', createdAt: shop.time.now };
  await createRefunds(redis).reserve(died);
  await spend(ada, 150_000);
  const other = openTill().refundDesk;
  const slow = new Proxy(redis, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        if (name === 'set' && args[0] === `lease:refunds:${ada.poolId}`) await other.finishOpen(shop.time.now);
        return Reflect.apply(value, target, args);
      };
    },
  });
  expect(await openTill(slow).refundDesk.finishOpen(shop.time.now)).toBe(0);
  expect(await other.read(name)).toMatchObject({ state: 'refused' });
  expect(refundsOf(ada.payment)).toEqual([]);
  expect(await shop.available(ada.poolId)).toBe(50_000);
});
