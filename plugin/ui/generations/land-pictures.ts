import type { Generation } from '../../../shared/api/generations.ts';
import { millicredits } from '../../../shared/credits.ts';
import type { Receipt } from '../../../shared/receipt.ts';
import type { Broker } from '../api/broker.ts';
import type { Canvas } from '../canvas.ts';
import type { makePlaceable } from '../pixels/make-placeable.ts';

export interface LandOptions {
  readonly broker: Pick<Broker, 'output' | 'poster'>;
  readonly canvas: Pick<Canvas, 'place' | 'release'>;
  readonly makePlaceable: typeof makePlaceable;
  /** Shown the first picture's bytes, for its thumbnail, and the video's where it stands for one. */
  readonly onFirst: (bytes: Uint8Array<ArrayBuffer>, video: Uint8Array<ArrayBuffer> | null) => void;
}

/** Not every picture could be placed; those that could are on the canvas. */
export class LandingFault extends Error {
  override readonly name = 'LandingFault';
}

/**
 * Fetches the pictures and places them one after the other, so that only one is in memory at a time.
 * @returns what the designer must know about where they are; null when each is where it was meant to be.
 * @throws InkpotError, BrokerFault while fetching; LandingFault. Doing it again places only what is missing.
 */
export async function landPictures(
  { broker, canvas, makePlaceable, onFirst }: LandOptions,
  ticket: string,
  generation: Generation,
): Promise<string | null> {
  let note: string | null = null;
  for (const output of generation.outputs) {
    const { id } = generation;
    const { index, kind } = output;
    const video = kind === 'video' ? await broker.output(id, index) : null;
    const bytes = await makePlaceable(await (video ? broker.poster(id, index) : broker.output(id, index)));
    if (index === 0) onFirst(bytes, video);
    const { outcome, message } = await canvas.place({
      ticket,
      index,
      bytes,
      video,
      width: output.width,
      height: output.height,
      prompt: generation.settings.prompt,
      relaunch: `${generation.modelName} · ${generation.settings.prompt}`,
      receipt: JSON.stringify(receiptOf(generation, index)),
    });
    if (outcome === 'failed') throw new LandingFault(message ?? 'The picture could not be placed.');
    note = message ?? note;
  }
  // A model may deliver fewer pictures than asked for; the placeholders of the others go.
  canvas.release(ticket);
  return note;
}

function receiptOf(generation: Generation, index: number): Receipt {
  return {
    version: 1,
    generationId: generation.id,
    index,
    modelId: generation.modelId,
    modelName: generation.modelName,
    settings: generation.settings,
    seed: generation.outputs.find((output) => output.index === index)?.seed ?? null,
    charged: generation.charged ?? millicredits(0),
    author: generation.author.name,
    time: generation.updatedAt,
    licence: generation.licence,
  };
}
