import { connectS3, type S3Settings } from '../assets/s3-client.ts';
import type { ArchiveStore } from './archive-store.ts';

/** Beside the pictures, which are in folders of other names. */
const ROOT = 'archive/';

/** Keeps the archive in a bucket, under `archive/`. An object is there whole or not at all. */
export async function openS3Archive(settings: S3Settings): Promise<ArchiveStore> {
  const { bucket } = settings;
  const s3 = await connectS3(settings);
  const { GetObjectCommand, NoSuchKey, PutObjectCommand, paginateListObjectsV2 } = await import('@aws-sdk/client-s3');

  return {
    async put(name, bytes) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: ROOT + name, Body: bytes }));
    },
    async get(name) {
      const found = await s3
        .send(new GetObjectCommand({ Bucket: bucket, Key: ROOT + name }))
        .catch((error: unknown) => {
          if (error instanceof NoSuchKey) return null;
          throw error;
        });
      return (await found?.Body?.transformToByteArray()) ?? null;
    },
    async *list(folder) {
      const prefix = `${ROOT}${folder}/`;
      for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix })) {
        for (const { Key } of page.Contents ?? []) if (Key) yield Key.slice(prefix.length);
      }
    },
  };
}
