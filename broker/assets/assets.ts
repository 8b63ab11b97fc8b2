import { bulkhead } from 'cockatiel';
import type { Request, Response } from 'express';
import sharp from 'sharp';
import type { Output } from '../../shared/api/generations.ts';
import type { Pixels } from '../../shared/catalogue/size.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Delivery, Provider, ProviderOutput } from '../providers/provider.ts';
import { checkImage } from './check-image.ts';
import { packDelivery, unpackDelivery } from './delivery.ts';
import { createFetchOutput, type FetchOutputOptions } from './fetch-output.ts';
import { figmaReady, thumbnail } from './normalise.ts';
import { sendStored } from './send-stored.ts';
import type { AssetStore, Target } from './store.ts';

export { BadOutput } from './bad-output.ts';

/** Pictures decoded at once: each may hold its encoded bytes twice and a few hundred rows of pixels. */
const DECODERS = 2;

/** Pictures on their way in at once, being fetched or waiting for a decoder: what they may hold in memory is bounded. */
const IN_FLIGHT = 12;

/** What is known about a picture before it arrives. */
interface Expected {
  /** The size that was asked for, in px; null where the model chose it. */
  readonly expected: Pixels | null;
  readonly provider: Pick<Provider, 'allowsHost'>;
  readonly target: Target;
  readonly signal: AbortSignal;
}

/** Bytes: fetched, checked, made readable for Figma, kept, and handed out. */
export interface Assets {
  /**
   * Takes in one delivered picture. Doing it again for the same target is harmless.
   * @throws BadOutput when the picture cannot be fetched, decoded or used; any other error is ours (a full disk).
   */
  receive(output: ProviderOutput, about: Expected): Promise<Output>;
  /** Keeps what a provider handed over in its answer, so that a crash cannot lose it. */
  keepDelivery(generationId: string, delivery: Delivery): Promise<void>;
  /** @returns null when nothing is kept. */
  readDelivery(generationId: string): Promise<Delivery | null>;
  dropDelivery(generationId: string): Promise<void>;
  /**
   * Answers with a stored picture. The caller has checked that this person may see it.
   * @throws InkpotError `not_found`
   */
  send(req: Request, res: Response, target: Target, variant: 'figma' | 'thumbnail'): Promise<void>;
}

/** @param options.fetch limits and exceptions of downloads; see {@link FetchOutputOptions}. */
export function createAssets({ store, fetch }: { store: AssetStore; fetch?: FetchOutputOptions }): Assets {
  // Every picture is decoded once: a cache of operations would only hold memory.
  sharp.cache(false);
  const fetchOutput = createFetchOutput(fetch);
  const inFlight = bulkhead(IN_FLIGHT, Number.POSITIVE_INFINITY);
  const decoders = bulkhead(DECODERS, Number.POSITIVE_INFINITY);

  async function takeIn(original: Uint8Array, { expected, target }: Expected, seed: number | null): Promise<Output> {
    const image = await checkImage(original, expected);
    const figma = await figmaReady(original, image);
    await store.put(target, {
      original,
      figma: figma.bytes === original ? null : figma.bytes,
      thumbnail: await thumbnail(image),
    });
    const { width, height, contentType, bytes } = figma;
    return { index: target.index, width, height, contentType, bytes: bytes.length, seed };
  }

  return {
    receive(output, about) {
      const { provider, signal } = about;
      return inFlight.execute(async () => {
        const original =
          'bytes' in output
            ? output.bytes
            : await fetchOutput(output.url, (host) => provider.allowsHost(host), signal, output.credentials);
        return decoders.execute(() => takeIn(original, about, output.seed), signal);
      }, signal);
    },

    keepDelivery: (generationId, delivery) => store.putDelivery(generationId, packDelivery(delivery)),
    async readDelivery(generationId) {
      const file = await store.readDelivery(generationId);
      return file && unpackDelivery(file);
    },
    dropDelivery: (generationId) => store.dropDelivery(generationId),

    async send(req, res, target, variant) {
      const file = await store.open(target, variant);
      if (!file) throw new InkpotError('not_found', { detail: 'This picture is not kept any more.' });
      await sendStored(req, res, file, `"${target.generationId}-${target.index}-${variant}-${file.bytes}"`);
    },
  };
}
