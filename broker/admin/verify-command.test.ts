import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { busyPool, carryOn } from '../archive/test-archive.ts';
import { loadKeys } from '../auth/keys.ts';
import { poolKeys } from '../ledger/keys.ts';
import { createProgram } from './program.ts';
import { startTestBooks } from './test-books.ts';

const { ledger, redis, root, dir, open, archiver, store, allEntries } = await startTestBooks();

/** Runs a command line, and tells what it printed and whether all was well. */
async function admin(openBooks: typeof open, ...args: string[]) {
  let printed = '';
  let ok = true;
  const program = createProgram({
    open: openBooks,
    write: (text) => {
      printed += text;
    },
    user: 'eva',
    fail: () => {
      ok = false;
    },
  });
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: () => {} });
  await program.parseAsync(args, { from: 'user' });
  return { printed, ok };
}

/** What verify says, where there is no broker and no Redis. */
async function verify(...args: string[]) {
  const noBooks = () => Promise.reject(new Error('there is no broker here'));
  const { printed, ok } = await admin(noBooks, 'verify', ...args, '--json');
  return {
    ok,
    verdicts: printed
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

let files = 0;
const newFile = () => join(dir, `file-${++files}`);

async function statementOf(poolId: string): Promise<string> {
  const file = newFile();
  await admin(open, 'statement', poolId, '--out', file);
  return file;
}

/** The broker's public keys, as `/oauth/jwks` shows them. */
async function publicKeys(): Promise<string> {
  const { jwks } = await loadKeys(redis);
  return JSON.stringify({ keys: jwks.keys.map(({ d: _, ...key }) => key) });
}

test('a signed statement has every entry, also archived ones, and is found sound without a broker', async () => {
  const pool = await busyPool(ledger, 230);
  const entries = await allEntries(pool.poolId);
  await archiver().runOnce();
  await carryOn(ledger, pool, 5);
  const file = await statementOf(pool.poolId);
  const lines = (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(1 + 235 + 1);
  expect(lines.slice(1, 231)).toMatchObject(entries.map(({ seq, entry }) => ({ seq, ...entry })));
  const { ok, verdicts } = await verify(file);
  expect(ok).toBe(true);
  expect(verdicts).toMatchObject([
    { kind: 'statement', pool: pool.poolId, entries: 235, faults: [], issuer: 'https://inkpot.example', trusted: null },
  ]);
  expect((await admin(open, 'statement', pool.poolId, '--json')).printed.trimEnd().split('\n')).toHaveLength(235);
});

test('whose signature it is can be checked against a file with keys, and against the address of them', async () => {
  const file = await statementOf((await busyPool(ledger, 10)).poolId);
  const keys = newFile();
  await writeFile(keys, await publicKeys());
  expect(await verify(file, '--key', keys)).toMatchObject({ ok: true, verdicts: [{ trusted: true }] });

  const other = {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  };
  let published = await publicKeys();
  const server = createServer((_req, res) => res.end(published));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  expect(await verify(file, '--key', url())).toMatchObject({ ok: true, verdicts: [{ trusted: true }] });
  published = JSON.stringify({ keys: [other] });
  expect(await verify(file, '--key', url())).toMatchObject({ ok: false, verdicts: [{ trusted: false, faults: [] }] });
  server.close();
});

test.each<[string, (lines: string[]) => string[]]>([
  ['an amount was changed', (lines) => lines.map((line) => line.replace('"amount":1000000', '"amount":1000001'))],
  ['a name was changed', (lines) => lines.map((line) => line.replace('"actor":"checkout"', '"actor":"nobody"'))],
  ['an entry is missing', (lines) => lines.toSpliced(4, 1)],
  ['two entries changed places', (lines) => [...lines.slice(0, 4), lines[5] ?? '', lines[4] ?? '', ...lines.slice(6)]],
  ['the last entry is missing', (lines) => lines.toSpliced(-2, 1)],
  ['the signature is missing', (lines) => lines.slice(0, -1)],
  ['the signature was changed', (lines) => [...lines.slice(0, -1), (lines.at(-1) ?? '').replace('.ey', '.eY')]],
  ['it is called another pool’s', (lines) => [(lines[0] ?? '').replace(/"pool":"./, '"pool":"_'), ...lines.slice(1)]],
])('a statement is found broken when %s', async (_what, damage) => {
  const file = await statementOf((await busyPool(ledger, 10)).poolId);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const damaged = damage(lines);
  expect(damaged).not.toEqual(lines);
  await writeFile(file, `${damaged.join('\n')}\n`);
  const { ok, verdicts } = await verify(file);
  expect([ok, verdicts[0].faults.length > 0]).toEqual([false, true]);
});

test('a statement whose first line is damaged is refused in words', async () => {
  const file = await statementOf((await busyPool(ledger, 10)).poolId);
  for (const [from, to] of [
    ['"version":1', '"version":2'],
    ['"}', '"'],
  ] as const) {
    const damaged = newFile();
    await writeFile(damaged, (await readFile(file, 'utf8')).replace(from, to));
    await expect(verify(damaged)).rejects.toThrow('The first line of the file is damaged');
  }
});

test('the signature of one statement fits no other', async () => {
  const [one, two] = [await busyPool(ledger, 10), await busyPool(ledger, 12)];
  const [first, second] = await Promise.all([one, two].map(({ poolId }) => statementOf(poolId)));
  const [a, b] = await Promise.all([first, second].map((file) => readFile(file ?? '', 'utf8')));
  const mixed = newFile();
  await writeFile(
    mixed,
    [...(a ?? '').trimEnd().split('\n').slice(0, -1), (b ?? '').trimEnd().split('\n').at(-1)].join('\n'),
  );
  expect((await verify(mixed)).verdicts[0].faults).toContain('the signature is for other entries than these');
});

test('books that a forger wrote into Redis itself do not add up', async () => {
  const { poolId } = await busyPool(ledger, 10);
  await redis.hSet(poolKeys(poolId).pool, { paid: '99000000', in: '99000500' });
  await ledger
    .topup({ poolId, paymentId: 'pi_x', amount: 1 as never, origin: 'paid', reference: 'x', actor: 'x' })
    .catch(() => null);
  const { verdicts } = await verify(await statementOf(poolId));
  expect(verdicts[0].faults.join()).toMatch(/balances/);
});

test('an archive is checked whole, or one pool of it, and says which pool is broken', async () => {
  const [sound, broken] = [await busyPool(ledger, 230), await busyPool(ledger, 240)];
  await archiver().runOnce();
  const path = `segments/${broken.poolId}/1-40.ndjson.gz`;
  const bytes = await store.get(path);
  await store.put(path, Buffer.from('other'));
  const { ok, verdicts } = await verify(root);
  const of = ({ poolId }: { poolId: string }) => verdicts.find(({ pool }) => pool === poolId);
  expect(ok).toBe(false);
  expect(of(sound)).toMatchObject({ kind: 'archive', entries: 30, faults: [] });
  expect(of(broken).faults).toEqual([`${path} is not the file of its manifest`]);
  await store.put(path, bytes ?? Buffer.alloc(0));
  expect(await verify(join(root, 'marks', broken.poolId))).toMatchObject({
    ok: true,
    verdicts: [{ entries: 40, faults: [] }],
  });
});

test('a statement never takes the place of a file, and other files are told apart', async () => {
  const { poolId } = await busyPool(ledger, 10);
  const file = await statementOf(poolId);
  await expect(admin(open, 'statement', poolId, '--out', file)).rejects.toThrow('is there already');
  const other = newFile();
  await writeFile(other, 'Dear diary');
  await expect(verify(other)).rejects.toThrow('no statement');
});
