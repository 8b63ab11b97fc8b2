import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { UploadStore } from '../uploads/upload-store.ts';
import type { AssetStore, StoredFile, Target } from './store.ts';
import { requireGenerationName, requireIndex, requireUploadName } from './stored-names.ts';
import { storedTypeOf, TELLING_BYTES } from './stored-type.ts';

const DELIVERY = 'delivery';

/** In bytes: each read is handed to another thread and back, which costs more than 64 kB of it. */
const READ_AT_ONCE = 262_144;

/**
 * Keeps pictures in `dataDir/assets/<shard>/<generation>/<n>/{original,figma,thumbnail}`. The shard is the end of the
 * generation's id, because a ULID begins with the time. Pictures that people give lie in `dataDir/uploads/<shard>/<id>`.
 */
export function createDiskStore(dataDir: string): AssetStore & UploadStore {
  const assets = join(dataDir, 'assets');

  function generationFolder(generationId: string): string {
    return join(assets, requireGenerationName(generationId).slice(-2).toLowerCase(), generationId);
  }

  function uploadFolder(assetId: string): string {
    return join(dataDir, 'uploads', requireUploadName(assetId).slice(-2));
  }

  function folderOf(target: Target): string {
    return join(generationFolder(target.generationId), requireIndex(target));
  }

  return {
    async put(target, original, made) {
      const folder = folderOf(target);
      const [beside, rest] = await Promise.allSettled([writeBeside(folder, 'original', original), made]);
      if (beside.status === 'rejected') throw beside.reason;
      if (rest.status === 'rejected') {
        await rm(beside.value, { force: true });
        await dropEmpty(folder, dataDir);
        throw rest.reason;
      }
      const { figma, thumbnail } = rest.value;
      const written = await Promise.allSettled([
        figma ? writeWhole(folder, 'figma', figma) : rm(join(folder, 'figma'), { force: true }),
        writeWhole(folder, 'thumbnail', thumbnail),
        moveInto(folder, 'original', beside.value),
      ]);
      // Only now that none of them is being written any more: whoever drops the folder then finds all of it.
      for (const one of written) if (one.status === 'rejected') throw one.reason;
      await syncFolder(folder);
    },

    async open(target, variant) {
      const folder = folderOf(target);
      const found = await openFile(join(folder, variant));
      return found ?? (variant === 'figma' ? openFile(join(folder, 'original')) : null);
    },

    async putDelivery(generationId, file) {
      const folder = generationFolder(generationId);
      await writeWhole(folder, DELIVERY, file);
      await syncFolder(folder);
    },

    readDelivery: (generationId) => readWhole(join(generationFolder(generationId), DELIVERY)),

    dropDelivery: (generationId) => rm(join(generationFolder(generationId), DELIVERY), { force: true }),

    async *listGenerations() {
      for (const shard of await readFolder(assets)) yield* await readFolder(join(assets, shard));
    },

    dropGeneration: (generationId) => rm(generationFolder(generationId), { recursive: true, force: true }),

    async putUpload(assetId, bytes) {
      const folder = uploadFolder(assetId);
      await writeWhole(folder, assetId, bytes);
      await syncFolder(folder);
    },

    readUpload: (assetId) => readWhole(join(uploadFolder(assetId), assetId)),

    async dropUpload(assetId) {
      const folder = uploadFolder(assetId);
      // Also what a write has left beside its name that was cut off.
      const names = (await readFolder(folder)).filter((name) => name.includes(assetId));
      await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
    },
  };
}

/** Writes beside the name and moves into it, so that a crash leaves the old file or the new one, and never a half. */
async function writeWhole(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  await moveInto(folder, name, await writeBeside(folder, name, bytes));
}

/** @returns where it has written. */
async function writeBeside(folder: string, name: string, bytes: Uint8Array): Promise<string> {
  await mkdir(folder, { recursive: true });
  const beside = join(folder, `.${name}.${randomUUID()}`);
  return orRemove(beside, async () => {
    const file = await open(beside, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    return beside;
  });
}

async function moveInto(folder: string, name: string, beside: string): Promise<void> {
  await orRemove(beside, () => rename(beside, join(folder, name)));
}

/** Where the work on a file fails, it is removed. */
async function orRemove<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** Removes a folder and those that it is in, as far as nothing else is in them. */
async function dropEmpty(folder: string, root: string): Promise<void> {
  for (let empty = folder; empty !== root; empty = dirname(empty)) {
    try {
      await rmdir(empty);
    } catch {
      return;
    }
  }
}

/** A rename is on the disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readFolder(path: string): Promise<string[]> {
  return readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}

async function readWhole(path: string): Promise<Uint8Array | null> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

async function openFile(path: string): Promise<StoredFile | null> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!file) return null;
  try {
    const { size } = await file.stat();
    const contentType = await contentTypeOf(file);
    return { contentType, bytes: size, stream: file.createReadStream({ start: 0, highWaterMark: READ_AT_ONCE }) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function contentTypeOf(file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(TELLING_BYTES), 0, TELLING_BYTES, 0);
  return storedTypeOf(buffer.subarray(0, bytesRead));
}
