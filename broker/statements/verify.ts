import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createDiskArchive } from '../archive/disk-archive.ts';
import { listMarked } from '../archive/mark.ts';
import type { Verdict } from './verdict.ts';
import { verifyArchive } from './verify-archive.ts';
import { verifyStatement } from './verify-statement.ts';

/**
 * Checks a file of this product, by what is in it: a statement; a pool's mark in an archive, `archive/marks/<pool>`, and
 * with it all that is archived of that pool; or the folder of a whole archive.
 *
 * @throws Error for a file that is none of these.
 */
export async function* verify(path: string): AsyncGenerator<Verdict> {
  const full = resolve(path);
  if ((await stat(full)).isDirectory()) {
    const store = createDiskArchive(full);
    const pools = (await listMarked(store)).sort();
    if (pools.length === 0) throw new Error(`${path} has no marks: is it the archive’s folder?`);
    for (const pool of pools) yield await verifyArchive(store, pool);
    return;
  }
  const start = await startOf(full);
  if (start.startsWith('{"inkpot":"statement"')) yield await verifyStatement(linesOf(full));
  else if (basename(dirname(full)) === 'marks') {
    yield await verifyArchive(createDiskArchive(dirname(dirname(full))), basename(full));
  } else throw new Error(`${path} is neither a statement nor a mark of an archive`);
}

async function startOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function linesOf(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
}
