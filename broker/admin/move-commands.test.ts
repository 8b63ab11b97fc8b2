import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadKeys } from '../auth/keys.ts';
import { aHold } from '../ledger/test-ledger.ts';
import { aPool, type MovingBroker, startMovingBroker } from '../moves/test-movers.ts';
import { createProgram } from './program.ts';

const dir = await mkdtemp(join(tmpdir(), 'inkpot-move-'));
afterAll(() => rm(dir, { recursive: true }));
const old = await startMovingBroker('https://old.example');
const fresh = await startMovingBroker('https://new.example');
const [oldKeys, freshKeys] = [await keysOf(old, 'old'), await keysOf(fresh, 'new')];

/** A file with what the broker shows at `/oauth/jwks`. */
async function keysOf({ redis }: MovingBroker, name: string): Promise<string> {
  const file = join(dir, `${name}.jwks`);
  const { jwks } = await loadKeys(redis);
  await writeFile(file, JSON.stringify({ keys: jwks.keys.map(({ d: _, ...key }) => key) }));
  return file;
}

/** Runs a command line at a broker, and gives what it printed, and whether all was well. */
async function admin(broker: MovingBroker, ...args: string[]) {
  const lines: Record<string, unknown>[] = [];
  let ok = true;
  const program = createProgram({
    open: () => Promise.resolve({ ...broker, openTill: () => Promise.reject() as never }),
    write: (text) => void lines.push(JSON.parse(text)),
    user: 'eva',
    fail: () => {
      ok = false;
    },
  });
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: () => {} });
  await program.parseAsync([...args, '--json'], { from: 'user' });
  return { lines, ok };
}

const WHY = ['--reason', 'moving house'];
const moveOut = (poolId: string, out: string) => ['export', poolId, '--to', freshKeys, '--out', out, ...WHY];
const moveIn = (file: string, from = oldKeys) => ['import', file, '--from', from, ...WHY];

test('a pool is exported, verified and imported, each told first and done with --yes, and arrives once', async () => {
  const { poolId } = await aPool(old);
  const file = join(dir, 'one');
  expect(await admin(old, ...moveOut(poolId, file))).toMatchObject({ ok: true, lines: [{ code: 'DRY_RUN' }] });
  expect(await old.ledger.readPool(poolId)).toMatchObject({ status: 'active' });
  expect(await admin(old, ...moveOut(poolId, file), '--yes')).toMatchObject({ ok: true, lines: [{ code: 'OK' }] });
  expect(await readFile(file, 'utf8')).toContain('"seal"');
  const again = await admin(old, ...moveOut(poolId, join(dir, 'again')));
  expect(again).toMatchObject({ ok: true, lines: [{ code: 'DRY_RUN', isMoved: true }] });
  const verdict = { kind: 'export', pool: poolId, faults: [], trusted: true, issuer: 'https://old.example' };
  expect(await admin(fresh, 'verify', file, '--key', oldKeys)).toMatchObject({ ok: true, lines: [verdict] });

  const arriving = { pool: poolId, credits: 1_004_900, people: 1 };
  expect(await admin(fresh, ...moveIn(file))).toMatchObject({ ok: true, lines: [{ code: 'DRY_RUN', ...arriving }] });
  expect(await fresh.ledger.readPool(poolId)).toBeNull();
  expect(await admin(fresh, ...moveIn(file), '--yes')).toMatchObject({
    ok: true,
    lines: [{ code: 'OK', ...arriving }],
  });
  expect(await admin(fresh, ...moveIn(file), '--yes')).toMatchObject({ ok: false, lines: [{ code: 'REPLAY' }] });
  expect(await fresh.ledger.readPool(poolId)).toMatchObject({ status: 'active', available: 1_004_900 });
  const [, entry] = await fresh.ledger.listEntries(poolId, { limit: 2 });
  expect(entry).toMatchObject({ kind: 'adjust', actor: 'operator:eva', reference: 'moving house' });
  expect(await admin(old, 'thaw', poolId, ...WHY, '--yes')).toMatchObject({ ok: false, lines: [{ code: 'MOVED' }] });
  expect(await admin(old, 'grant', poolId, '5', ...WHY, '--yes')).toMatchObject({
    ok: false,
    lines: [{ code: 'MOVED' }],
  });
});

test('a pool with a generation under way is refused with what to do, before and with --yes, and no file is left', async () => {
  const pool = await aPool(old);
  await old.ledger.hold(aHold(pool, 10));
  const file = join(dir, 'two');
  const dry = await admin(old, ...moveOut(pool.poolId, file));
  expect(dry).toMatchObject({
    ok: false,
    lines: [{ code: 'REFUSED', obstacle: expect.stringContaining('freeze it') }],
  });
  await expect(admin(old, ...moveOut(pool.poolId, file), '--yes')).rejects.toThrow('wait until they have ended');
  await expect(readFile(file)).rejects.toThrow('ENOENT');
  expect(await old.ledger.readPool(pool.poolId)).toMatchObject({ status: 'active' });
});

test('a file of a broker that was not named is not taken in, and a pool is not moved to where it is', async () => {
  const { poolId } = await aPool(old);
  const file = join(dir, 'three');
  await admin(old, ...moveOut(poolId, file), '--yes');
  await expect(admin(fresh, ...moveIn(file, freshKeys), '--yes')).rejects.toThrow('none of those that you trust');
  const damaged = join(dir, 'damaged');
  await writeFile(damaged, (await readFile(file, 'utf8')).replace('"version":1', '"version":2'));
  await expect(admin(fresh, ...moveIn(damaged), '--yes')).rejects.toThrow('The first line of the file is damaged');
  const other = await aPool(fresh);
  await expect(admin(fresh, ...moveOut(other.poolId, join(dir, 'four')))).rejects.toThrow('this very broker');
});
