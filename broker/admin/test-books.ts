import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { startTestArchive } from '../archive/test-archive.ts';
import type { OpenBooks } from './books.ts';

/** A ledger with its archive, as the operator's commands open it, and a folder for the files that they write. */
export async function startTestBooks() {
  const archive = await startTestArchive();
  const dir = await mkdtemp(join(tmpdir(), 'inkpot-admin-'));
  afterAll(() => rm(dir, { recursive: true, force: true }));
  const { redis, ledger, store, seal } = archive;
  const openTill = () => {
    throw new Error('no Stripe account');
  };
  const open: OpenBooks = () =>
    Promise.resolve({ redis, ledger, store, seal, issuer: 'https://inkpot.example', openTill });
  return { ...archive, dir, open };
}
