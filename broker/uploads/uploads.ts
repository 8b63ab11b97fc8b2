import { ulid } from 'ulid';
import { z } from 'zod';
import type { UploadedPicture } from '../../shared/api/assets.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { InputImage } from '../providers/provider.ts';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import { readUpload } from './read-upload.ts';
import type { UploadStore } from './upload-store.ts';

const DAY = 24 * 3_600_000;

/** How long a picture is kept that nobody uses, in ms. */
const LIFE = 7 * DAY;

/** How long at least from its last use, in ms: far longer than any generation waits and runs. */
const FLOOR = DAY;

/** How much longer its bytes stay than its record, in ms: whoever has just read the record may read them. */
const GRACE = 3_600_000;

/** The picture that is gone, wherever it is missed: another's picture looks exactly like none. */
const GONE = 'This picture is not kept any more: add it again.';

const Stored = z.object({
  accountId: z.string(),
  width: z.int(),
  height: z.int(),
  contentType: z.enum(['image/png', 'image/jpeg']),
});

/** The pictures of a generation, as its provider is given them. */
export interface Inputs {
  readonly references: readonly InputImage[];
  readonly mask: InputImage | null;
}

/** Pictures that people give to models. */
export interface Uploads {
  /** @throws InkpotError `unreadable_picture` */
  add(accountId: string, bytes: Uint8Array): Promise<UploadedPicture>;
  /**
   * That every picture in the settings is this person's, still kept, and of the size that the settings say; and that the
   * mask fits the first reference.
   * @throws InkpotError `unknown_picture`, `unsupported_setting`
   */
  require(accountId: string, settings: Settings): Promise<void>;
  /** As `require`, and keeps them for at least another day. */
  use(accountId: string, settings: Settings): Promise<void>;
  /** The pictures themselves; null when one of them is gone. */
  load(accountId: string, settings: Settings): Promise<Inputs | null>;
  /** Forgets a picture of this person's at once; whatever else the name stands for is left as it is. */
  remove(accountId: string, assetId: string): Promise<void>;
  /** Removes the bytes of what is over. Safe to run at any time, on any number of brokers. */
  sweep(signal: AbortSignal): Promise<void>;
}

export interface UploadsOptions {
  readonly redis: RedisClient;
  readonly store: UploadStore;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** When the bytes of each picture may go, in ms since 1970. */
const DUE = 'uploads:due';

const keyOf = (assetId: string) => `upload:${assetId}`;

type Picture = NonNullable<Settings['mask']>;

export function createUploads({ redis, store, clock }: UploadsOptions): Uploads {
  async function drop(assetId: string): Promise<void> {
    await repeatUntilKnown(() => redis.del(keyOf(assetId)));
    await store.dropUpload(assetId);
    await repeatUntilKnown(() => redis.zRem(DUE, assetId));
  }

  async function find(accountId: string, { assetId }: Pick<Picture, 'assetId'>) {
    const record = await repeatUntilKnown(() => redis.get(keyOf(assetId)));
    const stored = record === null ? null : Stored.parse(JSON.parse(record));
    return stored?.accountId === accountId ? stored : null;
  }

  async function check(accountId: string, path: string, picture: Picture): Promise<void> {
    const stored = await find(accountId, picture);
    if (!stored) throw new InkpotError('unknown_picture', { detail: GONE, faults: [{ path, message: GONE }] });
    const { width, height } = stored;
    if (width === picture.width && height === picture.height) return;
    const message = `The picture is ${width} × ${height} px.`;
    throw new InkpotError('unsupported_setting', { detail: message, faults: [{ path, message }] });
  }

  async function requireAll(accountId: string, settings: Settings): Promise<void> {
    const pictures = picturesOf(settings);
    await Promise.all(pictures.map(({ path, picture }) => check(accountId, path, picture)));
    const { mask, references: [first] = [] } = settings;
    if (!mask || (first && mask.width === first.width && mask.height === first.height)) return;
    const message = first
      ? `The mask must be as large as the picture: ${first.width} × ${first.height} px.`
      : 'A mask needs the picture that it belongs to.';
    throw new InkpotError('unsupported_setting', { detail: message, faults: [{ path: 'mask', message }] });
  }

  /** Each step may be the last before a crash: what is kept is always on the list of what is due. */
  async function keepFor({ assetId }: Picture, ms: number): Promise<void> {
    const due = { score: clock() + ms + GRACE, value: assetId };
    await repeatUntilKnown(() => redis.zAdd(DUE, due, { condition: 'XX', comparison: 'GT' }));
    await repeatUntilKnown(() => redis.pExpire(keyOf(assetId), ms, 'GT'));
  }

  async function read(accountId: string, picture: Picture): Promise<InputImage | null> {
    const stored = await find(accountId, picture);
    const bytes = stored && (await store.readUpload(picture.assetId));
    if (!stored || !bytes) return null;
    const { width, height, contentType } = stored;
    return { bytes, width, height, contentType };
  }

  return {
    async add(accountId, bytes) {
      const { bytes: kept, ...about } = await readUpload(bytes);
      const assetId = ulid(clock()).toLowerCase();
      const { width, height } = about;
      await repeatUntilKnown(() => redis.zAdd(DUE, { score: clock() + LIFE + GRACE, value: assetId }));
      await store.putUpload(assetId, kept);
      const record = JSON.stringify({ accountId, ...about });
      const expiration = { type: 'PX', value: LIFE } as const;
      await repeatUntilKnown(() => redis.set(keyOf(assetId), record, { expiration }));
      return { assetId, width, height };
    },
    require: requireAll,
    async use(accountId, settings) {
      await requireAll(accountId, settings);
      await Promise.all(picturesOf(settings).map(({ picture }) => keepFor(picture, FLOOR)));
    },
    async load(accountId, { references = [], mask }) {
      const loaded = await Promise.all([...references, ...(mask ? [mask] : [])].map((each) => read(accountId, each)));
      const pictures = loaded.filter((picture) => picture !== null);
      if (pictures.length < loaded.length) return null;
      return { references: pictures.slice(0, references.length), mask: pictures[references.length] ?? null };
    },
    async remove(accountId, assetId) {
      if (await find(accountId, { assetId })) await drop(assetId);
    },
    async sweep(signal) {
      for (const assetId of await repeatUntilKnown(() => redis.zRangeByScore(DUE, 0, clock()))) {
        if (signal.aborted) return;
        await drop(assetId);
      }
    },
  };
}

function picturesOf({ references = [], mask }: Settings): { path: string; picture: Picture }[] {
  return [
    ...references.map((picture, index) => ({ path: `references.${index}`, picture })),
    ...(mask ? [{ path: 'mask', picture: mask }] : []),
  ];
}
