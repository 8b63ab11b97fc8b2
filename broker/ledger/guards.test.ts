import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { credits, millicredits } from '../../shared/credits.ts';
import adjustScript from './adjust.lua';
import { auditPool } from './audit-pool.ts';
import clawToScript from './claw-to.lua';
import holdScript from './hold.lua';
import { poolKeys } from './keys.ts';
import { moveOut } from './move-out.ts';
import operation from './operation.lua';
import payment from './payment.lua';
import { defineScript, runScript } from './script.ts';
import tally from './tally.lua';
import { aHold, fundedPool, startTestLedger } from './test-ledger.ts';
import topupScript from './topup.lua';

const { ledger, redis } = await startTestLedger();

describe('where there is no pool', () => {
  const poolId = 'nowhere';
  const actor = 'ada';
  const generation = { poolId, generationId: 'gen', memberId: 'ada', actor, fields: {} };
  const change = { poolId, operationId: 'op', why: 'why', actor };
  const paid = { poolId, paymentId: 'pi', reference: 'cs', actor };

  test.each<[string, () => Promise<unknown>]>([
    ['hold', () => ledger.hold(aHold({ poolId, memberId: 'ada' }, 1))],
    ['advance', () => ledger.advance({ ...generation, stage: 'running' })],
    ['capture', () => ledger.capture({ ...generation, actual: millicredits(1), reference: 'job' })],
    ['release', () => ledger.release({ ...generation, state: 'failed', reason: 'timeout' })],
    ['expire', () => ledger.expire({ ...generation, reason: 'expired' })],
    ['late', () => ledger.late(generation)],
    ['note', () => ledger.note(generation)],
    ['topup', () => ledger.topup({ ...paid, amount: millicredits(1), origin: 'paid' })],
    ['clawTo', () => ledger.clawTo({ ...paid, target: millicredits(1) })],
    ['dispute', () => ledger.dispute({ ...paid, disputeId: 'dp', phase: 'open' })],
    ['setMember', () => ledger.setMember({ ...change, memberId: 'bob', terms: { role: 'member', cap: null } })],
    ['setBudget', () => ledger.setBudget({ ...change, tag: 'acme', cap: null })],
    ['freeze', () => ledger.freeze(change)],
    ['thaw', () => ledger.thaw(change)],
    ['adjust', () => ledger.adjust({ ...change, change: millicredits(1), origin: 'gift' })],
    ['trim', () => ledger.trim({ poolId, upTo: 1, head: '' })],
    ['moveOut', () => moveOut(redis, { poolId, moveId: 'move', to: 'another', why: 'why', actor })],
  ])('%s says so', async (_operation, act) => {
    await expect(act()).rejects.toMatchObject({ code: 'not_found' });
    expect(await ledger.readPool(poolId)).toBeNull();
  });
});

describe('a script takes no amount that is none, whoever calls it', () => {
  const bad = ['0', '-1', '1.5', '1000000001', 'nan', ''];
  const scripts = {
    hold: { script: defineScript(holdScript, tally), at: 1, rest: '1' },
    topup: { script: defineScript(topupScript, payment), at: 1, rest: '1' },
    // With a revision, nothing may be taken back in all.
    claw_to: { script: defineScript(clawToScript, payment), at: 1, rest: '' },
    adjust: { script: defineScript(adjustScript, operation), at: 2, rest: '1' },
  };
  test.each(Object.entries(scripts))('%s', async (name, { script, at, rest }) => {
    const { poolId } = await fundedPool(ledger, { paid: credits(1) });
    const keys = Array.from({ length: 12 }, (_, index) => `${name}-${index}:{${poolId}}`);
    keys[0] = poolKeys(poolId).pool;
    for (const amount of bad) {
      const args = Array.from({ length: 14 }, (_, index) => (index === at ? amount : rest));
      const cause = expect.objectContaining({ message: expect.stringContaining(`bad argument to ${name}`) });
      await expect(runScript(redis, script, keys, args)).rejects.toMatchObject({ code: 'internal', cause });
    }
    expect(await auditPool(redis, poolId)).toEqual([]);
  });
});

test('each script says whether it may run when memory is short: what settles may, what is new may not', async () => {
  const scripts = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.lua'));
  const said = await Promise.all(
    scripts.map(async (file) => {
      const name = file.replace('.lua', '');
      const { default: text } = (await import(/* @vite-ignore */ `./${name}.lua`)) as { default: string };
      return { name, flags: /^#!.*/.exec(text)?.[0] };
    }),
  );
  const byFlags = Map.groupBy(said, ({ flags }) => flags);
  const names = (flags: string) => byFlags.get(flags)?.map(({ name }) => name);
  expect(names('#!lua flags=allow-oom')).toEqual([
    'advance',
    'capture',
    'claw-to',
    'dispute',
    'expire',
    'late',
    'note',
    'release',
    'topup',
    'trim',
  ]);
  expect(names('#!lua')).toEqual([
    'adjust',
    'hold',
    'move-in',
    'move-out',
    'open-pool',
    'set-budget',
    'set-frozen',
    'set-member',
  ]);
  expect(names('#!lua flags=no-writes,allow-oom')).toEqual(['snapshot']);
});
