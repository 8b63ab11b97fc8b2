import { pino } from 'pino';
import { expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import type { Alarm } from '../alarms/alarms.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import type { Ledger } from '../ledger/index.ts';
import { moveOut } from '../ledger/move-out.ts';
import { fundedPool, startTestLedger } from '../ledger/test-ledger.ts';
import { moveCredits } from './move-credits.ts';
import { createTransferJob } from './transfer-job.ts';
import { createTransferRecords } from './transfer-records.ts';

const { ledger, redis } = await startTestLedger();
const records = createTransferRecords(redis);
const time = { now: Date.parse('2026-11-25T12:00:00Z') };
const alarms: Alarm[] = [];
const job = (over: Partial<Ledger> = {}) =>
  createTransferJob({
    records,
    ledger: { ...ledger, ...over },
    alarms: { raise: async (alarm) => void alarms.push(alarm) },
    logger: pino({ level: 'silent' }),
    clock: () => time.now,
  });

async function begun(amount = 500) {
  const [source, target] = [await fundedPool(ledger, { paid: 400, gift: 300 }), await fundedPool(ledger)];
  const id = `transfer-${source.poolId}`;
  const record = { id, from: source.poolId, to: target.poolId, amount: millicredits(amount), accountId: 'ada' };
  const transfer = { ...record, begunAt: time.now };
  await records.begin(transfer);
  return transfer;
}

/** Dies at a step: just before it is done, or just after. */
async function dieAt(step: number, when: 'before' | 'after', transfer: Awaited<ReturnType<typeof begun>>) {
  let steps = 0;
  const mortal = Object.fromEntries(
    (['hold', 'advance', 'topup', 'capture'] as const).map((name) => [
      name,
      async (command: never) => {
        steps += 1;
        if (steps === step && when === 'before') throw new Error('killed');
        const answer = await ledger[name](command);
        if (steps === step) throw new Error('killed');
        return answer;
      },
    ]),
  );
  await expect(moveCredits({ records, ledger: { ...ledger, ...mortal } }, transfer)).rejects.toThrow('killed');
}

const STEPS = ['the hold', 'its sending', 'the gift', 'the bought part', 'the capture'];
const DEATHS = STEPS.flatMap((name, index) => [
  ['before', name, index + 1] as const,
  ['after', name, index + 1] as const,
]);

test.each(DEATHS)('who dies %s %s is made up for: all arrives, once', async (when, _name, step) => {
  const transfer = await begun();
  await dieAt(step, when, transfer);
  time.now += 10_000;
  await Promise.all([job().runOnce(), job().runOnce()]);
  expect(await ledger.readPool(transfer.from)).toMatchObject({ available: 200, paid: 200, gift: 0, held: 0 });
  expect(await ledger.readPool(transfer.to)).toMatchObject({ available: 500, paid: 200, gift: 300, seq: 3 });
  expect([await auditPool(redis, transfer.from), await auditPool(redis, transfer.to)]).toEqual([[], []]);
  expect(await records.listUnderWay(time.now + 1)).toEqual([]);
  expect(await moveCredits({ records, ledger }, transfer), 'the client’s repeat').toMatchObject({
    split: { gift: 300, paid: 200 },
  });
  expect(await ledger.readPool(transfer.to)).toMatchObject({ available: 500, seq: 3 });
});

test('a transfer that was refused has its end, and stays refused after a top-up', async () => {
  const transfer = await begun(701);
  time.now += 10_000;
  await job().runOnce();
  expect(await records.listUnderWay(time.now + 1)).toEqual([]);
  const payment = { paymentId: 'pi_more', amount: millicredits(1_000), origin: 'paid', reference: '' } as const;
  await ledger.topup({ poolId: transfer.from, ...payment, actor: 'test' });
  await expect(moveCredits({ records, ledger }, transfer)).rejects.toMatchObject({ code: 'insufficient_credits' });
  expect(alarms).toEqual([]);
});

test('a hold that was never sent lapses and is given back; then the transfer is refused, and gives nothing', async () => {
  const transfer = await begun();
  await dieAt(1, 'after', transfer);
  const whose = { poolId: transfer.from, generationId: transfer.id, memberId: 'ada' };
  await ledger.release({ ...whose, state: 'failed', reason: 'timeout', actor: 'sweeper' });
  await expect(moveCredits({ records, ledger }, transfer)).rejects.toMatchObject({
    code: 'conflict',
    details: { detail: 'The transfer took too long. Nothing was moved: try again.' },
  });
  expect([await ledger.readPool(transfer.from), await ledger.readPool(transfer.to)]).toMatchObject([
    { available: 700, held: 0 },
    { available: 0 },
  ]);
});

test('a hold that was sent cannot expire: the credit may have been given already', async () => {
  const transfer = await begun();
  await dieAt(3, 'after', transfer);
  const whose = { poolId: transfer.from, generationId: transfer.id, memberId: 'ada' };
  await redis.hSet(`h:{${transfer.from}}:${transfer.id}`, 'due', '1');
  expect(await ledger.expire({ ...whose, reason: 'timeout', actor: 'sweeper' })).toMatchObject({ code: 'SUBMITTED' });
  time.now += 10_000;
  await job().runOnce();
  expect(await ledger.readPool(transfer.to)).toMatchObject({ available: 500 });
});

test('the operator is called about a transfer that stands still', async () => {
  const transfer = await begun();
  const broken = job({ topup: () => Promise.reject(new Error('broken')) });
  time.now += 10_000;
  await broken.runOnce();
  expect(alarms).toEqual([]);
  time.now += 10 * 60_000;
  await broken.runOnce();
  expect(alarms).toMatchObject([{ kind: 'transfer_stuck', about: transfer.id }]);
  await job().runOnce();
  expect(await ledger.readPool(transfer.to)).toMatchObject({ available: 500 });
});

test('the operator is called about a transfer whose target is gone, since its credits stay held', async () => {
  const transfer = await begun();
  await redis.del(`w:{${transfer.to}}`);
  time.now += 11 * 60_000;
  await job().runOnce();
  expect(await ledger.readPool(transfer.from)).toMatchObject({ available: 200, held: 500 });
  expect(alarms.at(-1)).toMatchObject({ kind: 'transfer_stuck', about: transfer.id });
});

const isAway = async (poolId: string) =>
  moveOut(redis, { poolId, moveId: 'move', to: 'another broker', why: 'moving house', actor: 'operator' });

test.each([
  ['before anything', 'before', 3, 700, 0, 'Nothing was moved.'],
  [
    'between the gift and the bought part',
    'after',
    3,
    400,
    300,
    'Only 0.3 credits had arrived before; the rest is back.',
  ],
] as const)(
  'what a pool that was moved to another broker %s did not get goes back, once',
  async (_, when, step, left, arrived, words) => {
    const transfer = await begun();
    await dieAt(step, when, transfer);
    expect(await isAway(transfer.to)).toMatchObject({ code: 'OK' });
    time.now += 10_000;
    await Promise.all([job().runOnce(), job().runOnce()]);
    expect(await ledger.readPool(transfer.from)).toMatchObject({ available: left, held: 0 });
    expect(await ledger.readPool(transfer.to)).toMatchObject({ available: 0, in: arrived, out: arrived });
    expect((await records.listUnderWay(time.now + 1)).map(({ id }) => id)).not.toContain(transfer.id);
    for (const who of ['the client’s repeat', 'and another']) {
      await expect(moveCredits({ records, ledger }, transfer), who).rejects.toMatchObject({
        code: 'conflict',
        details: { detail: `The pool that should get the credits was moved to another broker. ${words}` },
      });
    }
    expect([await auditPool(redis, transfer.from), await auditPool(redis, transfer.to)]).toEqual([[], []]);
  },
);
