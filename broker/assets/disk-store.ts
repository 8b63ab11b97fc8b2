import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { UploadStore } from '../uploads/upload-store.ts';
import type { AssetStore, StoredFile, Target } from './store.ts';

/** Where the bytes of an output begin, and what that makes them (file-type reads more than one open needs). */
const SIGNATURES: readonly [start: RegExp, contentType: string][] = [
  [/^\x89PNG/, 'image/png'],
  [/^\xFF\xD8\xFF/, 'image/jpeg'],
  [/^RIFF/, 'image/webp'],
  [/^....ftyp/s, 'video/mp4'],
  [/^(\xEF\xBB\xBF)?\s*</, 'image/svg+xml'],
];

const DELIVERY = 'delivery';

/**
 * Keeps pictures in `dataDir/assets/<shard>/<generation>/<n>/{original,figma,thumbnail}`. The shard is the end of the
 * generation's id, because a ULID begins with the time. Pictures that people give lie in `dataDir/uploads/<shard>/<id>`.
 */
export function createDiskStore(dataDir: string): AssetStore & UploadStore {
  function generationFolder(generationId: string): string {
    // Ids come out of URLs: nothing but these characters may reach the file system.
    if (!/^[A-Za-z0-9_-]{2,64}$/.test(generationId)) {
      throw new RangeError(`${JSON.stringify(generationId)} is not a generation's name`);
    }
    return join(dataDir, 'assets', generationId.slice(-2).toLowerCase(), generationId);
  }

  function uploadFolder(assetId: string): string {
    if (!/^[0-9a-z]{26}$/.test(assetId)) throw new RangeError(`${JSON.stringify(assetId)} is not an upload's name`);
    return join(dataDir, 'uploads', assetId.slice(-2));
  }

  function folderOf({ generationId, index }: Target): string {
    if (!Number.isSafeInteger(index) || index < 0) throw new RangeError(`${index} is not a picture's number`);
    return join(generationFolder(generationId), String(index));
  }

  return {
    async put(target, { original, figma, thumbnail }) {
      const folder = folderOf(target);
      await mkdir(folder, { recursive: true });
      await (figma ? writeWhole(folder, 'figma', figma) : rm(join(folder, 'figma'), { force: true }));
      await writeWhole(folder, 'thumbnail', thumbnail);
      await writeWhole(folder, 'original', original);
      await syncFolder(folder);
    },

    async open(target, variant) {
      const folder = folderOf(target);
      const found = await openFile(join(folder, variant));
      return found ?? (variant === 'figma' ? openFile(join(folder, 'original')) : null);
    },

    async putDelivery(generationId, file) {
      const folder = generationFolder(generationId);
      await mkdir(folder, { recursive: true });
      await writeWhole(folder, DELIVERY, file);
      await syncFolder(folder);
    },

    readDelivery: (generationId) => readWhole(join(generationFolder(generationId), DELIVERY)),

    dropDelivery: (generationId) => rm(join(generationFolder(generationId), DELIVERY), { force: true }),

    async putUpload(assetId, bytes) {
      const folder = uploadFolder(assetId);
      await mkdir(folder, { recursive: true });
      await writeWhole(folder, assetId, bytes);
      await syncFolder(folder);
    },

    readUpload: (assetId) => readWhole(join(uploadFolder(assetId), assetId)),

    dropUpload: (assetId) => rm(join(uploadFolder(assetId), assetId), { force: true }),
  };
}

/** Writes beside the name and moves into it, so that a crash leaves the old file or the new one, and never a half. */
async function writeWhole(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const beside = join(folder, `.${name}.${randomUUID()}`);
  try {
    const file = await open(beside, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, join(folder, name));
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
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
    return { contentType: await contentTypeOf(file), bytes: size, stream: file.createReadStream({ start: 0 }) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function contentTypeOf(file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
  const start = buffer.toString('latin1', 0, bytesRead);
  return SIGNATURES.find(([signature]) => signature.test(start))?.[1] ?? 'application/octet-stream';
}
