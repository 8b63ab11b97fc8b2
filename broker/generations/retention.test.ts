import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDiskStore } from '../assets/disk-store.ts';
import { generationIdIn, newSuffix } from './generation-id.ts';
import { dropOldOutputs } from './retention.ts';

const DAY = 24 * 3_600_000;
const POOL = '01jd3r9k2p7q4x8v5n6m1c0bza';
const never = new AbortController().signal;
const now = Date.UTC(2026, 10, 25);

let folder: string;
let files: ReturnType<typeof createDiskStore>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkpot-retention-'));
  files = createDiskStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

async function keep(generationId: string): Promise<string> {
  const bytes = Buffer.from('picture');
  await files.put({ generationId, index: 0 }, bytes, { figma: null, thumbnail: bytes });
  return generationId;
}
const madeAt = (time: number) => keep(generationIdIn(POOL, newSuffix(time)));

test('results go when their days are over, and not a day before', async () => {
  const old = await madeAt(now - 30 * DAY - 1);
  const young = await madeAt(now - 30 * DAY + 1);
  const foreign = await keep('something-else');
  await dropOldOutputs({ files, days: 30, clock: () => now }, never);
  const left: string[] = [];
  for await (const id of files.listGenerations()) left.push(id);
  expect(left).not.toContain(old);
  expect(left.sort()).toEqual([young, foreign].sort());
  await dropOldOutputs({ files, days: 30, clock: () => now }, never);
});
