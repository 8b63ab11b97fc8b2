import { bulkhead } from 'cockatiel';
import type { Request, Response } from 'express';
import sharp from 'sharp';
import type { Output } from '../../shared/api/generations.ts';
import type { Pixels } from '../../shared/catalogue/size.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Delivery, Provider, ProviderOutput } from '../providers/provider.ts';
import { checkImage } from './check-image.ts';
import { checkSvg } from './check-svg.ts';
import { checkVideo } from './check-video.ts';
import { packDelivery, unpackDelivery } from './delivery.ts';
import { createFetchOutput, type FetchOutputOptions } from './fetch-output.ts';
import { type FigmaImage, figmaReady, thumbnail } from './normalise.ts';
import { postersOf } from './poster.ts';
import { sendStored } from './send-stored.ts';
import type { AssetStore, Made, Target, Variant } from './store.ts';

export { BadOutput } from './bad-output.ts';

/** Pictures decoded at once: each may hold its encoded bytes twice and a few hundred rows of pixels. */
const DECODERS = 2;

/** Pictures on their way in at once, being fetched or waiting for a decoder: what they may hold in memory is bounded. */
const IN_FLIGHT = 12;

/** The same for videos, of which each may have 100 MB. */
const VIDEOS_IN_FLIGHT = 3;

/** What is known about a picture or a video before it arrives. */
interface Expected {
  /** The size that was asked for, in px; null where the model chose it. */
  readonly expected: Pixels | null;
  /** Present when it should be a video; the length that was asked for in seconds, undefined where the model chose it. */
  readonly video?: { readonly seconds: number | undefined } | undefined;
  /** Whether it should be a drawing of paths. */
  readonly vector?: boolean | undefined;
  readonly provider: Pick<Provider, 'allowsHost'>;
  readonly target: Target;
  readonly signal: AbortSignal;
}

/** Bytes: fetched, checked, made readable for Figma, kept, and handed out. */
export interface Assets {
  /**
   * Takes in one delivered picture or video. Doing it again for the same target is harmless.
   * @throws BadOutput when it cannot be fetched, decoded or used; any other error is ours (a full disk).
   */
  receive(output: ProviderOutput, about: Expected): Promise<Output>;
  /** Keeps what a provider handed over in its answer, so that a crash cannot lose it. */
  keepDelivery(generationId: string, delivery: Delivery): Promise<void>;
  /** @returns null when nothing is kept. */
  readDelivery(generationId: string): Promise<Delivery | null>;
  dropDelivery(generationId: string): Promise<void>;
  /** Removes all that is kept of a generation; doing it again is harmless. */
  drop(generationId: string): Promise<void>;
  /**
   * Answers with what is stored. The caller has checked that this person may see it.
   * @throws InkpotError `not_found`
   */
  send(req: Request, res: Response, target: Target, variant: Variant): Promise<void>;
}

/** @param options.fetch limits and exceptions of downloads; see {@link FetchOutputOptions}. */
export function createAssets({ store, fetch }: { store: AssetStore; fetch?: FetchOutputOptions }): Assets {
  // Every picture is decoded once: a cache of operations would only hold memory.
  sharp.cache(false);
  const fetchOutput = createFetchOutput(fetch);
  const inFlight = bulkhead(IN_FLIGHT, Number.POSITIVE_INFINITY);
  const videosInFlight = bulkhead(VIDEOS_IN_FLIGHT, Number.POSITIVE_INFINITY);
  const decoders = bulkhead(DECODERS, Number.POSITIVE_INFINITY);

  async function takeIn(original: Uint8Array, about: Expected, seed: number | null): Promise<Output> {
    if (about.vector) return takeInDrawing(original, about, seed);
    return about.video ? takeInVideo(original, about, seed) : takeInImage(original, about, seed);
  }

  async function takeInImage(original: Uint8Array, { expected, target }: Expected, seed: number | null) {
    const making = makeRenditions(original, expected);
    await store.put(target, original, making);
    const { width, height, contentType, bytes } = (await making).shown;
    const about = { kind: 'image', seconds: null, index: target.index } as const;
    return { ...about, width, height, contentType, bytes: bytes.length, seed };
  }

  /** The drawing itself is kept byte for byte; what Figma can place anywhere is a picture of it. */
  async function takeInDrawing(original: Uint8Array, { target }: Expected, seed: number | null) {
    const { png, ...image } = await checkSvg(original);
    await store.put(target, original, { figma: png, thumbnail: await thumbnail(image) });
    const { width, height } = image;
    const about = { kind: 'image', seconds: null, contentType: 'image/png', index: target.index } as const;
    return { ...about, width, height, bytes: png.length, seed };
  }

  /** The video itself is kept byte for byte; what Figma can place anywhere is its poster. */
  async function takeInVideo(original: Uint8Array, { expected, video, target }: Expected, seed: number | null) {
    const checked = await checkVideo(original, { size: expected, seconds: video?.seconds });
    await store.put(target, original, postersOf(checked));
    const { width, height, seconds } = checked;
    const about = { kind: 'video', contentType: 'video/mp4', index: target.index } as const;
    return { ...about, width, height, seconds, bytes: original.length, seed };
  }

  return {
    receive(output, about) {
      const { provider, signal } = about;
      const kind = about.video ? 'video' : 'image';
      return (about.video ? videosInFlight : inFlight).execute(async () => {
        const original =
          'bytes' in output
            ? output.bytes
            : await fetchOutput(output.url, (host) => provider.allowsHost(host), signal, output.credentials, kind);
        return decoders.execute(() => takeIn(original, about, output.seed), signal);
      }, signal);
    },

    keepDelivery: (generationId, delivery) => store.putDelivery(generationId, packDelivery(delivery)),
    async readDelivery(generationId) {
      const file = await store.readDelivery(generationId);
      return file && unpackDelivery(file);
    },
    dropDelivery: (generationId) => store.dropDelivery(generationId),
    drop: (generationId) => store.dropGeneration(generationId),

    async send(req, res, target, variant) {
      const file = await store.open(target, variant);
      if (!file) throw new InkpotError('not_found', { detail: 'It is not kept any more.' });
      await sendStored(req, res, file, `"${target.generationId}-${target.index}-${variant}-${file.bytes}"`);
    },
  };
}

/** Checks a picture, and makes what is kept beside it. @throws BadOutput */
async function makeRenditions(original: Uint8Array, expected: Pixels | null): Promise<Made & { shown: FigmaImage }> {
  const image = await checkImage(original, expected);
  const shown = await figmaReady(original, image);
  return { shown, figma: shown.bytes === original ? null : shown.bytes, thumbnail: await thumbnail(image) };
}
