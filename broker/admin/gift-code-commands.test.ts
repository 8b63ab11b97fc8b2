import { Command } from 'commander';
import { expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import { codeIdOf, readCode } from '../gifts/code-text.ts';
import { createGiftCodes } from '../gifts/gift-codes.ts';
import { startTestLedger } from '../ledger/test-ledger.ts';
import { addGiftCodeCommands } from './gift-code-commands.ts';
import { createPrinter } from './printer.ts';

const { redis } = await startTestLedger();
const clock = () => Date.parse('2026-11-24T12:00:00Z');
const codes = createGiftCodes(redis, clock);

/** Runs a command line, and gives what it printed. */
async function admin(...args: string[]): Promise<string> {
  let printed = '';
  const program = new Command('admin').exitOverride().configureOutput({ writeErr: () => {} });
  addGiftCodeCommands(program, {
    openCodes: () => Promise.resolve(codes),
    printer: (json) =>
      createPrinter((text) => {
        printed += text;
      }, json ?? false),
    user: 'eva',
    clock,
  });
  await program.parseAsync(['gift-code', ...args], { from: 'user' });
  return printed.trimEnd();
}

const WHY = ['--reason', 'a fair'];

test('a code is made with --yes only, and shown this once', async () => {
  expect(await admin('create', '50', ...WHY)).toBe('Make a code of 50 credits for each of 1 pool? Do it with --yes');
  expect(await admin('list')).toBe('');

  const made = await admin('create', '50', '--redemptions', '100', '--expires', '2026-12-31', ...WHY, '--yes');
  const [code = ''] = made.split('\n');
  const id = codeIdOf(readCode(code) ?? '');
  expect(made).toContain('50 credits for each of 100 pools, to be redeemed until the end of 2026-12-31 (UTC)');
  expect(made).toContain(`To revoke it: ${id}`);
  const listed = await admin('list');
  expect(listed).toBe(`${id} open, 50 credits, 0 of 100 redeemed, by operator:eva: a fair`);
  expect(await codes.read(id)).toMatchObject({
    credits: credits(50),
    limit: 100,
    expiresAt: Date.parse('2027-01-01T00:00:00Z'),
  });
});

test('a list tells how each code stands, and a revoked one by whom first', async () => {
  const create = async (...args: string[]): Promise<{ id: string }> =>
    JSON.parse(await admin('create', '5', ...args, ...WHY, '--yes', '--json'));
  const [open, used, revoked] = [await create(), await create(), await create('--expires', '2026-11-24')];
  await codes.reserve({ code: used.id, pool: 'p' }, { state: 'taken', account: 'ada', order: 'o' });
  expect(await admin('revoke', revoked.id, ...WHY)).toContain('Do it with --yes');
  expect((await codes.read(revoked.id))?.revokedAt).toBeUndefined();
  await admin('revoke', revoked.id, '--reason', 'leaked', '--actor', 'ben', '--yes');
  await admin('revoke', revoked.id, '--reason', 'again', '--yes');

  const states = (await admin('list', '--json')).split('\n').map((line) => JSON.parse(line));
  const stateOf = ({ id }: { id: string }) => states.find((code) => code.id === id);
  expect(stateOf(open)).toMatchObject({ state: 'open', redeemed: 0 });
  expect(stateOf(used)).toMatchObject({ state: 'exhausted', redeemed: 1 });
  expect(stateOf(revoked)).toMatchObject({ state: 'revoked', revokedBy: 'ben', revokedFor: 'leaked' });
});

test.each([
  ['no reason', ['create', '5']],
  ['a gift below nothing', ['create', '-5', ...WHY]],
  ['no redemptions', ['create', '5', '--redemptions', '0', ...WHY]],
  ['a day that is over', ['create', '5', '--expires', '2026-11-23', ...WHY]],
  ['more than can be given at once', ['create', '1000001', ...WHY]],
  ['nobody who makes it', ['create', '5', ...WHY, '--actor', ' ']],
  ['a day that this year has not', ['create', '5', '--expires', '2027-02-29', ...WHY]],
  ['a day that never comes', ['create', '5', '--expires', '2026-13-01', ...WHY]],
  ['no such code', ['revoke', 'abc', ...WHY]],
])('refused: %s', async (_what, args) => {
  await expect(admin(...args)).rejects.toThrow();
});
