import { open, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { createDiskArchive } from '../archive/disk-archive.ts';
import { listMarked } from '../archive/mark.ts';
import { verifyExport } from '../moves/verify-export.ts';
import { linesOf } from './lines-of.ts';
import type { Verdict } from './verdict.ts';
import { verifyArchive } from './verify-archive.ts';
import { verifyStatement } from './verify-statement.ts';

/**
 * Checks a file of this product, by what is in it: a statement; an export; a pool's mark in an archive, `archive/marks/<pool>`, and
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
  else if (start.startsWith('{"inkpot":"export"')) yield await verifyExport(linesOf(full));
  else if (basename(dirname(full)) === 'marks') {
    yield await verifyArchive(createDiskArchive(dirname(dirname(full))), basename(full));
  } else throw new Error(`${path} is no statement, no export and no mark of an archive`);
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
