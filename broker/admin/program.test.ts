import { userInfo } from 'node:os';
import { ulid } from 'ulid';
import { expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { createFindings } from '../auditor/findings.ts';
import { toFields } from '../generations/generation.ts';
import { addOrphan } from '../generations/orphans.ts';
import { poolKeys } from '../ledger/keys.ts';
import { aHold, fundedPool, heldPool } from '../ledger/test-ledger.ts';
import { createProgram } from './program.ts';
import { startTestBooks } from './test-books.ts';

const { ledger, redis, open } = await startTestBooks();

/** Runs a command line, and tells what it printed and whether all was well. */
async function admin(...args: string[]) {
  let printed = '';
  let ok = true;
  const write = (text: string) => {
    printed += text;
  };
  const fail = () => {
    ok = false;
  };
  const program = createProgram({ open, write, user: userInfo().username, fail });
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: () => {} });
  await program.parseAsync(args, { from: 'user' });
  return {
    printed,
    ok,
    lines: () =>
      printed
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

test('what changes a pool is told first, and done with --yes, once under its id', async () => {
  const { poolId } = await fundedPool(ledger, { paid: 1_000 });
  const grant = ['grant', poolId, '2.5', '--reason', 'broken picture', '--actor', 'eva', '--id', 'g_1', '--json'];

  const dry = await admin(...grant);
  expect(dry.lines()).toMatchObject([{ code: 'DRY_RUN', what: 'Give 2.5 credits', balance: { gift: 0 } }]);
  expect(await ledger.readPool(poolId)).toMatchObject({ gift: 0, seq: 2 });

  expect((await admin(...grant, '--yes')).lines()).toMatchObject([{ code: 'OK', balance: { gift: 2_500 } }]);
  expect((await admin(...grant, '--yes')).lines()).toMatchObject([{ code: 'REPLAY', balance: { gift: 2_500 } }]);
  const [entry] = await ledger.listEntries(poolId, { limit: 1 });
  expect(entry).toMatchObject({ kind: 'topup', operationId: 'g_1', actor: 'eva', reference: 'broken picture' });
});

test('a pool is adjusted down as far as its credits go, and a refusal is told by the exit', async () => {
  const { poolId } = await fundedPool(ledger, { paid: 1_000 });
  const why = ['--origin', 'paid', '--reason', 'credited twice', '--yes', '--json'];
  const taken = await admin('adjust', poolId, '-0.4', ...why);
  expect([taken.ok, taken.lines()[0].balance.paid]).toEqual([true, 600]);
  const refused = await admin('adjust', poolId, '-0.601', ...why);
  expect([refused.ok, refused.lines()[0].code]).toEqual([false, 'INSUFFICIENT']);
  const told = await admin('adjust', poolId, '-0.601', ...why.slice(0, -1));
  expect(told.printed).toContain('refused, the pool has not as much of that to take');
});

test('a pool is frozen and thawed', async () => {
  const pool = await fundedPool(ledger, { paid: 1_000 });
  const why = ['--reason', 'asked by its owner', '--yes'];
  expect((await admin('freeze', pool.poolId, ...why)).printed).toContain('1 credit available, frozen');
  expect(await ledger.hold(aHold(pool, 1))).toMatchObject({ code: 'FROZEN' });
  expect((await admin('thaw', pool.poolId, ...why)).printed).toContain('1 credit available, active');
  const [entry] = await ledger.listEntries(pool.poolId, { limit: 1 });
  expect(entry).toMatchObject({
    kind: 'thaw',
    actor: `operator:${userInfo().username}`,
    reference: 'asked by its owner',
  });
});

test('an audit says which pool is broken and how, and exits so', async () => {
  const sound = await heldPool(ledger, 1_000, 400);
  const broken = await heldPool(ledger, 1_000, 400);
  await redis.hIncrBy(poolKeys(broken.poolId).member('ada'), 'held', 1);
  expect(await admin('audit', sound.poolId)).toMatchObject({ ok: true, printed: `${sound.poolId}: sound\n` });
  const all = await admin('audit', '--all', '--json');
  expect(all.ok).toBe(false);
  expect(all.lines().filter(({ violations }) => violations.length > 0)).toEqual([
    {
      poolId: broken.poolId,
      violations: [{ invariant: 'I2', detail: 'member ada holds 401, the entries say 400' }],
      finding: null,
    },
  ]);
});

test('an audit shows what the running auditor has found, and the evidence that it kept', async () => {
  const { poolId } = await heldPool(ledger, 1_000, 400);
  const violations = [{ invariant: 'I2', detail: 'member ada holds 401, the entries say 400' } as const];
  await createFindings(redis).open(poolId, 'finding', Date.parse('2026-11-25T12:00:00Z'), violations);
  const { ok, printed } = await admin('audit', poolId);
  expect(ok, 'it is sound now').toBe(true);
  expect(printed).toContain('the auditor found at 2026-11-25T12:00:00.000Z:\n    I2: member ada holds 401');
  expect(printed).toMatch(/the pool was \{.*"seq":"3"/);
  expect(printed).toMatch(/3-0 \{"kind":"hold".*\n.*2-0 \{"kind":"topup"/);
});

test('what providers may bill although nobody was charged is listed with its job, its reason and its cost', async () => {
  const poolId = ulid().toLowerCase();
  const generationId = `${poolId}-${poolId}`;
  await ledger.openPool({ poolId, ownerId: 'ada', actor: 'ada' });
  const payment = { paymentId: 'pi_1', amount: millicredits(1_000), origin: 'paid', reference: 'cs_1' } as const;
  await ledger.topup({ poolId, ...payment, actor: 'checkout' });
  const details = {
    modelId: 'seedream-5-lite',
    modelName: 'Seedream',
    licence: 'x',
    authorName: 'Ada',
    route: { provider: 'fal', path: 'x' },
    settings: { prompt: 'a fox', size: { kind: 'pixels', width: 64, height: 64 }, count: 1 },
    size: null,
    job: { requestId: 'j-1' },
    spend: { microUsd: 35_000, at: 1 },
  } as const;
  await ledger.hold(aHold({ poolId, memberId: 'ada' }, 400, { generationId, record: toFields(details) }));
  const end = { poolId, generationId, memberId: 'ada', state: 'failed', reason: 'bad_output', actor: 'w' } as const;
  await ledger.release(end);
  await addOrphan(redis, { generationId, listedAt: Date.parse('2026-11-25T12:00:00Z') });

  expect((await admin('orphans')).printed).toBe(
    `2026-11-25T12:00:00.000Z ${generationId}: seedream-5-lite at fal, job {"requestId":"j-1"}: bad_output, at most $0.035\n`,
  );
  expect((await admin('orphans', '--json')).lines()).toMatchObject([{ generationId, why: 'bad_output' }]);
});

test('of a delivery with results beside it that may be billed, it is listed how many were delivered', async () => {
  const poolId = ulid().toLowerCase();
  const generationId = `${poolId}-${poolId}`;
  await ledger.openPool({ poolId, ownerId: 'ada', actor: 'ada' });
  const payment = { paymentId: 'pi_1', amount: millicredits(1_000), origin: 'paid', reference: 'cs_1' } as const;
  await ledger.topup({ poolId, ...payment, actor: 'checkout' });
  const settings = { prompt: 'a fox', size: { kind: 'pixels', width: 64, height: 64 }, count: 3 } as const;
  const about = { modelId: 'ideogram-v3', modelName: 'Ideogram', licence: 'x', authorName: 'Ada' };
  const made = { ...about, route: { provider: 'ideogram', path: 'x' }, settings, size: null } as const;
  await ledger.hold(aHold({ poolId, memberId: 'ada' }, 900, { generationId, record: toFields(made) }));
  const one = { kind: 'image', seconds: null, width: 64, height: 64, contentType: 'image/png', bytes: 1 } as const;
  const outputs = [0, 1].map((index) => ({ ...one, index, seed: null }));
  const capture = { poolId, generationId, memberId: 'ada', actual: millicredits(600), reference: 'r', actor: 'w' };
  await ledger.capture({ ...capture, tag: '', fields: toFields({ outputs }) });
  await addOrphan(redis, { generationId, listedAt: Date.parse('2026-11-25T13:00:00Z') });
  const listed = (await admin('orphans', '--json')).lines().find((line) => line.generationId === generationId);
  expect(listed).toMatchObject({ why: '2 of 3 delivered' });
});

test('a statement has every entry, oldest first', async () => {
  const { poolId } = await fundedPool(ledger, { paid: 1_000, gift: 300 });
  const { lines } = await admin('statement', poolId, '--json');
  expect(lines().map(({ seq, kind, amount }) => [seq, kind, amount])).toEqual([
    [1, 'open', 0],
    [2, 'topup', 1_000],
    [3, 'topup', 300],
  ]);
  expect((await admin('statement', poolId)).printed).toContain('topup 0.3 credits, leaving 1.3 credits [pi_gift]');
});

test('liabilities add up what pools have, and tell debts apart', async () => {
  const [before] = (await admin('liabilities', '--json')).lines();
  const { poolId } = await heldPool(ledger, 1_000, 400);
  const debtor = await heldPool(ledger, 1_000, 400);
  const target = aHold(debtor, 1_000).ceiling;
  await ledger.clawTo({ poolId: debtor.poolId, paymentId: 'pi_paid', target, reference: 're', actor: 'checkout' });
  await admin('grant', poolId, '1', '--reason', 'test', '--yes');
  const [after] = (await admin('liabilities', '--json')).lines();
  expect({
    pools: after.pools - before.pools,
    paid: after.paid - before.paid,
    gift: after.gift - before.gift,
    held: after.held - before.held,
    debt: after.debt - before.debt,
  }).toEqual({ pools: 2, paid: 600, gift: 1_000, held: 800, debt: 400 });
});

test.each<[what: string, args: string[], words: RegExp]>([
  ['no reason', ['grant', 'p', '1'], /--reason/],
  ['no amount', ['grant', 'p', 'x', '--reason', 'r'], /a number of credits/],
  ['an amount finer than a millicredit', ['grant', 'p', '0.0001', '--reason', 'r'], /three decimals/],
  ['a grant below nothing', ['grant', 'p', '-1', '--reason', 'r'], /more than nothing/],
  ['more than can be given at once', ['grant', 'p', '1000001', '--reason', 'r'], /at most 1,000,000 credits/],
  ['a blank reason', ['grant', 'p', '1', '--reason', ' '], /in words/],
  ['nobody who does it', ['grant', 'p', '1', '--reason', 'r', '--actor', ''], /in words/],
  ['no such pool', ['freeze', 'p', '--reason', 'r'], /There is no pool p/],
  ['a pool and all of them', ['audit', 'p', '--all'], /name a pool, or say --all/],
])('refused: %s', async (_what, args, words) => {
  await expect(admin(...args)).rejects.toThrow(words);
});
