import type { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { UploadStore } from '../uploads/upload-store.ts';
import { connectS3, type S3Settings } from './s3-client.ts';
import type { AssetStore, Target } from './store.ts';
import { requireGenerationName, requireIndex, requireUploadName } from './stored-names.ts';
import { storedTypeOf } from './stored-type.ts';

const ASSETS = 'assets/';

/**
 * Keeps pictures in a bucket: `assets/<generation>/<n>/{original,figma,thumbnail}`, `assets/<generation>/delivery` and
 * `uploads/<id>`. An object is there whole or not at all, so there is nothing to be done about crashes.
 * @throws Error when the bucket is not there, or lets nobody in.
 */
export async function openS3Store(settings: S3Settings): Promise<AssetStore & UploadStore> {
  const { bucket } = settings;
  const s3 = await connectS3(settings);
  const {
    DeleteObjectCommand,
    GetObjectCommand,
    HeadBucketCommand,
    NoSuchKey,
    PutObjectCommand,
    paginateListObjectsV2,
  } = await import('@aws-sdk/client-s3');

  const folderOf = (generationId: string) => `${ASSETS}${requireGenerationName(generationId)}/`;
  const keyOf = (target: Target, name: string) => `${folderOf(target.generationId)}${requireIndex(target)}/${name}`;
  const deliveryOf = (generationId: string) => `${folderOf(generationId)}delivery`;
  const uploadOf = (assetId: string) => `uploads/${requireUploadName(assetId)}`;

  async function put(Key: string, Body: Uint8Array): Promise<void> {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: storedTypeOf(Body) }));
  }

  async function get(Key: string): Promise<GetObjectCommandOutput | null> {
    return s3.send(new GetObjectCommand({ Bucket: bucket, Key })).catch((error: unknown) => {
      if (error instanceof NoSuchKey) return null;
      throw error;
    });
  }

  async function read(key: string): Promise<Uint8Array | null> {
    const found = await get(key);
    return (await found?.Body?.transformToByteArray()) ?? null;
  }

  async function drop(Key: string): Promise<void> {
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  }

  async function* list(Prefix: string): AsyncGenerator<string> {
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix })) {
      for (const { Key } of page.Contents ?? []) if (Key) yield Key;
    }
  }

  await s3.send(new HeadBucketCommand({ Bucket: bucket })).catch((cause: Error) => {
    throw new Error(`the bucket ${bucket} cannot be used (${cause.name}): check INKPOT_S3_BUCKET and its access`, {
      cause,
    });
  });

  return {
    async put(target, original, made) {
      const { figma, thumbnail } = await made;
      await (figma ? put(keyOf(target, 'figma'), figma) : drop(keyOf(target, 'figma')));
      await put(keyOf(target, 'thumbnail'), thumbnail);
      await put(keyOf(target, 'original'), original);
    },

    async open(target, variant) {
      const asked = await get(keyOf(target, variant));
      const found = asked ?? (variant === 'figma' ? await get(keyOf(target, 'original')) : null);
      if (!found) return null;
      const { Body, ContentType = '', ContentLength = 0 } = found;
      return { contentType: ContentType, bytes: ContentLength, stream: Body as Readable };
    },

    putDelivery: (generationId, file) => put(deliveryOf(generationId), file),
    readDelivery: (generationId) => read(deliveryOf(generationId)),
    dropDelivery: (generationId) => drop(deliveryOf(generationId)),

    async *listGenerations() {
      let last = '';
      for await (const key of list(ASSETS)) {
        const [id = ''] = key.slice(ASSETS.length).split('/');
        if (id !== last) yield id;
        last = id;
      }
    },

    async dropGeneration(generationId) {
      // One by one: not every server that speaks S3 knows how to delete many at once.
      for await (const key of list(folderOf(generationId))) await drop(key);
    },

    putUpload: (assetId, bytes) => put(uploadOf(assetId), bytes),
    readUpload: (assetId) => read(uploadOf(assetId)),
    dropUpload: (assetId) => drop(uploadOf(assetId)),
  };
}
