import { randomUUID } from 'node:crypto';
import { mkdir, open, opendir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArchiveStore } from './archive-store.ts';

/** Keeps the archive in a folder, which is made when the first thing is kept. */
export function createDiskArchive(root: string): ArchiveStore {
  function pathOf(name: string): string {
    const parts = name.split('/');
    if (!parts.every((part) => /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/.test(part))) {
      throw new RangeError(`${JSON.stringify(name)} is no name in the archive`);
    }
    return join(root, ...parts);
  }

  return {
    async put(name, bytes) {
      const path = pathOf(name);
      const folder = dirname(path);
      await makeFolder(folder);
      const beside = join(folder, `.${randomUUID()}`);
      try {
        const file = await open(beside, 'wx', 0o600);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(beside, path);
      } catch (error) {
        await rm(beside, { force: true });
        throw error;
      }
      await syncFolder(folder);
    },

    get: (name) => readFile(pathOf(name)).catch(nothing),

    async *list(folder) {
      const entries = await opendir(pathOf(folder)).catch(nothing);
      // What a crash left half written begins with a dot.
      for await (const { name } of entries ?? []) if (!name.startsWith('.')) yield name;
    },
  };
}

function nothing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/** A new folder is on the disk only when the one that it is in is. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = folder; ; made = dirname(made)) {
    await syncFolder(dirname(made));
    if (made === first) return;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
