import { expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import { carryOn } from '../archive/test-archive.ts';
import { createArrangements } from '../checkout/auto-topup/arrangements.ts';
import { createTopups } from '../checkout/topups.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { createLedger } from '../ledger/index.ts';
import { poolKeys } from '../ledger/keys.ts';
import { aHold } from '../ledger/test-ledger.ts';
import type { RedisClient } from '../redis/connect.ts';
import { exportPool } from './export-pool.ts';
import { type ImportOptions, importPool } from './import-pool.ts';
import { readExport } from './read-export.ts';
import { aPool, startMovingBroker } from './test-movers.ts';
import { writeExport } from './write-export.ts';

const old = await startMovingBroker('https://old.example');
const fresh = await startMovingBroker('https://new.example');
const third = await startMovingBroker('https://third.example');

const TERMS = {
  account: 'ada',
  email: 'ada@example.com',
  agreedAt: '1',
  threshold: '50000',
  pack: 'credits-200',
  credits: '200000',
  cents: '1000',
  monthlyCents: '5000',
};

const WHY = { why: 'moving house', actor: 'operator:eva' };

/** Moves a pool out of the old broker; the lines of its file. */
async function exported(poolId: string, to = fresh.seal.signers): Promise<string[]> {
  await exportPool(old, { poolId, to: [...to], ...WHY });
  const lines: string[] = [];
  for await (const line of writeExport(old, poolId, [...to])) lines.push(line.trimEnd());
  return lines;
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

function imported(lines: readonly string[], options: ImportOptions = fresh, from = old.seal.signers) {
  return importPool(options, { lines: () => each(lines), from, ...WHY });
}

test('a pool moves with its entries, payments, members and people, and cannot be spent where it was', async () => {
  const pool = await aPool(old);
  const { poolId, memberId } = pool;
  const arrangement = { pool: poolId, state: 'on', topup: 'auto-3', begun: '3', card: 'pm_1' };
  await old.redis.hSet(`auto-topup:{${poolId}}`, { ...arrangement, ...TERMS });
  await expect(exported(poolId)).rejects.toThrow('auto top-up');
  await old.redis.hSet(`auto-topup:{${poolId}}`, 'topup', '');
  const lines = await exported(poolId);
  expect(await old.ledger.readPool(poolId)).toMatchObject({ status: 'frozen', paid: 0, gift: 0 });
  expect(await old.ledger.hold(aHold(pool, 10))).toMatchObject({ code: 'FROZEN' });
  const thaw = { poolId, operationId: 'thaw', why: 'please', actor: 'operator' };
  expect(await old.ledger.thaw(thaw)).toMatchObject({ code: 'MOVED' });

  expect(await imported(lines)).toMatchObject({ code: 'OK' });
  expect(await fresh.ledger.readPool(poolId)).toMatchObject({
    status: 'active',
    paid: 1_000_000,
    gift: 4_900,
    spent: 100,
  });
  expect(await fresh.ledger.readMember(poolId, memberId)).toMatchObject({ role: 'owner', used: 100 });
  expect(await auditPool(fresh.redis, poolId)).toEqual([]);
  expect(await auditPool(old.redis, poolId)).toEqual([]);

  // It charges no card here until its owner agrees, and counts its charges on.
  expect(await createArrangements(fresh.redis, Date.now).read(poolId)).toMatchObject({
    state: 'off',
    card: '',
    begun: 3,
  });

  // The same address finds it, and spends it.
  const account = await fresh.accounts.signIn(pool.email);
  expect(account.id).toBe(memberId);
  expect(await fresh.pools.list(account.id)).toMatchObject([{ id: poolId, name: 'Personal' }]);
  expect(await fresh.ledger.hold(aHold(pool, 10))).toMatchObject({ code: 'OK' });
  // A payment that was credited there is not credited again here, and goes back from here.
  const payment = { poolId, paymentId: 'pi_1', reference: 'cs', actor: 'checkout' };
  const again = await fresh.ledger.topup({ ...payment, amount: millicredits(1_000_000), origin: 'paid' });
  expect(again).toMatchObject({ code: 'REPLAY' });
  await fresh.ledger.clawTo({ ...payment, target: millicredits(400_000) });
  expect(await fresh.ledger.readPool(poolId)).toMatchObject({ paid: 600_000 });
  expect(await auditPool(fresh.redis, poolId)).toEqual([]);
});

test('what was taken back of a payment moves too, so that a dispute of another blocks the same at the other broker', async () => {
  const { poolId } = await aPool(old);
  const payment = { poolId, paymentId: 'pi_2', reference: 'cs', actor: 'checkout' };
  await old.ledger.topup({ ...payment, amount: millicredits(500), origin: 'paid' });
  await old.ledger.clawTo({ ...payment, target: millicredits(500) });
  expect(await imported(await exported(poolId))).toMatchObject({ code: 'OK' });
  const dispute = { poolId, paymentId: 'pi_1', disputeId: 'dp', phase: 'open', actor: 'stripe' } as const;
  expect(await fresh.ledger.dispute(dispute)).toMatchObject({ balance: { blocked: 1_000_000, available: 4_900 } });
  expect(await auditPool(fresh.redis, poolId)).toEqual([]);
});

test('an import is done once, and another broker, or another signer, is refused', async () => {
  const { poolId } = await aPool(old);
  const lines = await exported(poolId);
  await expect(imported(lines, third)).rejects.toThrow('exported for another broker');
  await expect(imported(lines, fresh, third.seal.signers)).rejects.toThrow('none of those that you trust');
  const codes = await Promise.all(
    [1, 2, 3].map(() =>
      imported(lines).then(
        ({ code }) => code,
        () => 'BUSY',
      ),
    ),
  );
  expect(codes.filter((code) => code === 'OK')).toHaveLength(1);
  expect(await imported(lines)).toMatchObject({ code: 'REPLAY' });
  expect(await fresh.ledger.readPool(poolId)).toMatchObject({ paid: 1_000_000, gift: 4_900 });
  // The file may be written again for the same broker, and for no other.
  expect((await exported(poolId)).slice(0, -1)).toEqual(lines.slice(0, -1));
  await expect(exported(poolId, third.seal.signers)).rejects.toThrow('for another broker');
});

test('a pool with a generation, a dispute, a debt or a top-up, or with broken books, does not move, and says why', async () => {
  const pool = await aPool(old);
  const { poolId } = pool;
  const hold = aHold(pool, 10);
  await old.ledger.hold(hold);
  await expect(exported(poolId)).rejects.toThrow('generations under way');
  await old.ledger.release({ ...pool, generationId: hold.generationId, state: 'failed', reason: 'x', actor: 'worker' });
  const payment = { poolId, paymentId: 'pi_1', disputeId: 'dp', actor: 'stripe' };
  await old.ledger.dispute({ ...payment, phase: 'open' });
  await expect(exported(poolId)).rejects.toThrow('dispute');
  await old.ledger.dispute({ ...payment, phase: 'won' });
  const pack = { id: 'credits-200', credits: millicredits(200_000), cents: 1_000 };
  const order = { account: pool.memberId, pool: poolId, pack: pack as never, key: 'form' };
  const topups = createTopups(old.redis, Date.now);
  const topup = await topups.create(order);
  await expect(exported(poolId)).rejects.toThrow('top-up');
  await topups.move(topup, 'expired');
  expect(await old.ledger.readPool(poolId)).toMatchObject({ status: 'active', paid: 1_000_000 });
  await exported(poolId);

  const debtor = await aPool(old);
  await carryOn(old.ledger, debtor, 200);
  const hard = aHold(debtor, 1_000_000);
  await old.ledger.hold(hard);
  await old.ledger.capture({
    ...debtor,
    generationId: hard.generationId,
    actual: hard.ceiling,
    reference: 'job',
    actor: 'worker',
  });
  const all = { poolId: debtor.poolId, paymentId: 'pi_1', target: millicredits(1_000_000) };
  await old.ledger.clawTo({ ...all, reference: 're', actor: 'stripe' });
  await expect(exported(debtor.poolId)).rejects.toThrow('owes credits');

  const broken = await aPool(old);
  await old.redis.xDel(poolKeys(broken.poolId).log, '7-0');
  await expect(exported(broken.poolId)).rejects.toThrow('do not add up');
  expect(await old.ledger.readPool(broken.poolId)).toMatchObject({ status: 'active' });
});

test('killed at any step of an import and run again, the pool arrives whole and once', async () => {
  const pool = await aPool(old);
  const lines = await exported(pool.poolId);
  for (let step = 1, died = true; died; step++) {
    const target = await mortal(fresh.redis, step);
    await imported(lines, { redis: target.redis, ledger: createLedger(target.redis), seal: fresh.seal }).catch(
      () => null,
    );
    died = target.died();
    await fresh.redis.del(`lease:import:${pool.poolId}`);
    const there = await fresh.ledger.readPool(pool.poolId);
    if (there) expect([step, there]).toMatchObject([step, { paid: 1_000_000, gift: 4_900, status: 'active' }]);
  }
  await imported(lines);
  expect(await auditPool(fresh.redis, pool.poolId)).toEqual([]);
  const account = await fresh.accounts.signIn(pool.email);
  expect(await fresh.pools.list(account.id)).toMatchObject([{ id: pool.poolId, balance: { available: 1_004_900 } }]);
});

test('whoever has an account at the other broker already is a member under it too', async () => {
  const pool = await aPool(old);
  const there = await fresh.accounts.signIn(pool.email);
  await imported(await exported(pool.poolId));
  expect(await fresh.ledger.readMember(pool.poolId, there.id)).toMatchObject({ role: 'owner' });
  expect((await fresh.pools.list(there.id)).map(({ id }) => id)).toContain(pool.poolId);
  expect(await auditPool(fresh.redis, pool.poolId)).toEqual([]);
});

test.each<[string, (lines: string[]) => string[]]>([
  ['more credits', (lines) => lines.map((line) => line.replace('"amount":1000000,', '"amount":2000000,'))],
  ['a member of another role', (lines) => lines.map((line) => line.replace('"role":"owner"', '"role":"admin"'))],
  ['another address', (lines) => lines.map((line) => line.replace('@example.com', '@evil.example'))],
  ['a payment that was never credited', (lines) => lines.filter((line) => !line.includes('"key":"p:{'))],
  ['a key of another pool', (lines) => lines.map((line) => line.replace(/"key":"pi:\{[^}]+\}/, '"key":"pi:{other}'))],
  ['no end', (lines) => lines.slice(0, -1)],
  ['half an end', (lines) => [...lines.slice(0, -1), (lines.at(-1) ?? '').slice(0, 40)]],
])('a file with %s is refused, and nothing of it is there', async (_what, damage) => {
  const { poolId } = await aPool(old);
  const lines = await exported(poolId);
  const damaged = damage(lines);
  expect(damaged).not.toEqual(lines);
  expect((await readExport(each(lines))).faults).toEqual([]);
  expect((await readExport(each(damaged))).faults.length).toBeGreaterThan(0);
  await expect(imported(damaged)).rejects.toThrow('The file is broken');
  expect(await fresh.redis.keys(`*{${poolId}}*`)).toEqual([]);
});

/** A connection that dies with its command number `last`: from then on nothing is done. */
async function mortal(redis: RedisClient, last: number) {
  let steps = 0;
  const proxy = new Proxy(redis, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        steps += 1;
        if (steps < last) return Reflect.apply(value, target, args);
        if (name === 'multi') throw new InkpotError('broker_busy');
        return Promise.reject(new InkpotError('broker_busy'));
      };
    },
  });
  return { redis: proxy, died: () => steps >= last };
}
