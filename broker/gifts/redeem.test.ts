import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import { createLedger } from '../ledger/index.ts';
import { moveOut } from '../ledger/move-out.ts';
import type { RedisClient } from '../redis/connect.ts';
import { createFinisher } from './finisher.ts';
import { createGiftCodes } from './gift-codes.ts';
import { redeem } from './redeem.ts';
import { startTestGifts } from './test-gifts.ts';

const house = await startTestGifts();
const { redis, other, codes, ledger, clock, logger, time } = house;

/** A broker of its own on this connection. */
function brokerOn(connection: RedisClient) {
  return { codes: createGiftCodes(connection, clock), ledger: createLedger(connection), clock, logger };
}

async function newPool(): Promise<string> {
  const poolId = randomUUID();
  await ledger.openPool({ poolId, ownerId: 'ada', actor: 'ada' });
  return poolId;
}

const redeemedOf = async (id: string) => (await codes.list()).find((code) => code.id === id)?.redeemed;

test('200 pools at two brokers redeem a code for 100 at once: exactly 100 get it, each once', async () => {
  const brokers = [brokerOn(redis), brokerOn(other)] as const;
  const { id, code } = await house.newCode({ limit: 100 });
  const pools = await Promise.all(Array.from({ length: 200 }, newPool));
  const results = await Promise.all(
    pools.map((pool, n) => redeem(brokers[n % 2 ? 0 : 1], { typed: code, pool, account: 'ada', order: `o${n}` })),
  );
  expect(results.filter(({ outcome }) => outcome === 'GIVEN')).toHaveLength(100);
  expect(results.filter(({ outcome }) => outcome === 'EXHAUSTED')).toHaveLength(100);
  const given = await Promise.all(pools.map((pool) => house.given(pool)));
  expect(given.flat()).toEqual(Array.from({ length: 100 }, () => credits(50)));
  expect(await redeemedOf(id)).toBe(100);
});

test('200 tries of one pool at once give it the credits once, and take one redemption', async () => {
  const { id, code } = await house.newCode({ limit: 5 });
  const pool = await newPool();
  const tries = Array.from({ length: 200 }, (_, n) =>
    redeem(brokerOn(n % 2 ? redis : other), { typed: code, pool, account: 'ada', order: `o${n}` }),
  );
  expect((await Promise.all(tries)).some(({ outcome }) => outcome === 'GIVEN')).toBe(true);
  expect(await house.given(pool)).toEqual([credits(50)]);
  expect(await redeemedOf(id)).toBe(1);
});

/** What a broker says that is no more. */
const died = new InkpotError('internal', { cause: 'the broker died here' });

const COMMANDS = ['zAdd', 'eval', 'evalSha', 'hSet', 'hGet', 'hGetAll', 'zRem'] as const;

/** A connection on which the broker dies at its n-th command: before it reaches Redis, or after its answer was lost. */
function dyingConnection(lives: number, when: 'before' | 'after') {
  let left = lives;
  const state = { isDead: false };
  const connection: RedisClient = Object.create(redis);
  for (const name of COMMANDS) {
    const command: (...args: unknown[]) => Promise<unknown> = Reflect.get<object, string>(redis, name);
    Reflect.set(connection, name, async (...args: unknown[]) => {
      if (state.isDead) throw died;
      state.isDead = left-- === 0;
      if (state.isDead && when === 'before') throw died;
      const answer = await command.apply(redis, args);
      if (state.isDead) throw died;
      return answer;
    });
  }
  return { connection, state };
}

/** Redeems with a broker that dies at each of its commands in turn; `then` is what happens afterwards. */
async function dieEverywhere(then: (pool: string, code: string) => Promise<unknown>): Promise<number> {
  for (let lives = 0; ; lives++) {
    for (const when of ['before', 'after'] as const) {
      const { id, code } = await house.newCode({ limit: 2 });
      const pool = await newPool();
      const { connection, state } = dyingConnection(lives, when);
      const attempt = redeem(brokerOn(connection), { typed: code, pool, account: 'ada', order: 'first' });
      const outcome = await attempt.then(
        () => 'lived',
        (error: unknown) => error,
      );
      if (!state.isDead) return lives;
      expect(outcome).toBe(died);
      expect((await house.given(pool)).length, 'no more than the count').toBeLessThanOrEqual(
        (await redeemedOf(id)) ?? 0,
      );
      await then(pool, code);
      expect([lives, when, await house.given(pool)]).toEqual([lives, when, [credits(50)]]);
      expect(await redeemedOf(id)).toBe(1);
    }
  }
}

test('a broker that dies at any step has given nothing twice, and the same form gives what is missing', async () => {
  const steps = await dieEverywhere(async (pool, code) => {
    const again = { typed: code, pool, account: 'ada', order: 'first' };
    expect(await redeem(brokerOn(other), again)).toMatchObject({ outcome: 'GIVEN', credits: credits(50) });
    expect(await redeem(brokerOn(other), { ...again, order: 'second' })).toEqual({ outcome: 'USED' });
  });
  expect(steps).toBeGreaterThanOrEqual(5);
});

test('nobody comes back after a broker died: what was counted is given by the finisher, what was not is free', async () => {
  const finisher = createFinisher(brokerOn(other));
  await dieEverywhere(async (pool, code) => {
    const before = (await house.given(pool)).length;
    await finisher.runOnce();
    expect((await house.given(pool)).length, 'somebody may still be at it').toBe(before);
    time.now += 60_001;
    await finisher.runOnce();
    expect(await codes.listUnderWay(time.now)).toEqual([]);
    const later = await redeem(brokerOn(other), { typed: code, pool, account: 'ada', order: 'later' });
    expect(['GIVEN', 'USED']).toContain(later.outcome);
  });
});

test('what was counted before the code ended is given after it, and nothing else is', async () => {
  const { id, code } = await house.newCode({ limit: 5, expiresAt: time.now + 1_000 });
  const pool = await newPool();
  await codes.reserve({ code: id, pool }, { state: 'taken', account: 'ada', order: 'first' });
  time.now += 1_000;
  await codes.revoke(id, { actor: 'operator:eva', reason: 'leaked' });
  const broker = brokerOn(other);
  expect(await redeem(broker, { typed: code, pool, account: 'ada', order: 'x' })).toMatchObject({ outcome: 'GIVEN' });
  const refused = { typed: code, pool: await newPool(), account: 'ada', order: 'x' };
  expect(await redeem(broker, refused)).toEqual({ outcome: 'REVOKED' });
});

test('case 16: the credits of a code that has expired stay', async () => {
  const { code } = await house.newCode({ expiresAt: time.now + 1_000 });
  const pool = await newPool();
  await redeem(brokerOn(redis), { typed: code, pool, account: 'ada', order: 'x' });
  time.now += 10 * 365 * 24 * 3_600_000;
  await createFinisher(brokerOn(redis)).runOnce();
  expect(await ledger.readPool(pool)).toMatchObject({ gift: credits(50), available: credits(50), seq: 2 });
});

test('neither Redis nor the log has the code itself', async () => {
  const { code } = await house.newCode();
  await redeem(brokerOn(redis), { typed: code, pool: await newPool(), account: 'ada', order: 'x' });
  const symbols = code.replaceAll('-', '');
  const kept = [...house.logged];
  for (const key of await redis.keys('gift*')) {
    kept.push(key);
    const type = await redis.type(key);
    kept.push(JSON.stringify(type === 'hash' ? await redis.hGetAll(key) : await redis.zRange(key, 0, -1)));
  }
  expect(kept.length).toBeGreaterThan(10);
  for (const text of kept) expect(text.includes(code) || text.includes(symbols)).toBe(false);
});

test('a pool that was moved to another broker meanwhile gets nothing of a code, which stays good for others', async () => {
  const { id, code } = await house.newCode({ limit: 1 });
  const pool = await newPool();
  const name = { code: id, pool };
  await codes.reserve(name, { state: 'taken', account: 'ada', order: 'o' });
  await moveOut(redis, { poolId: pool, moveId: 'move', to: 'another broker', why: 'moving house', actor: 'operator' });
  time.now += 120_000;
  await createFinisher(brokerOn(redis)).runOnce();
  expect(await ledger.readPool(pool)).toMatchObject({ gift: 0, in: 0 });
  expect(await codes.listUnderWay(time.now + 1)).not.toContainEqual(name);
  await expect(redeem(house, { typed: code, pool, account: 'ada', order: 'o' })).rejects.toMatchObject({
    code: 'pool_frozen',
  });
  const another = await newPool();
  const answer = await redeem(house, { typed: code, pool: another, account: 'ada', order: 'p' });
  expect(answer).toMatchObject({ outcome: 'GIVEN' });
});
