import type { Readable } from 'node:stream';

/** One picture or video of a generation. */
export interface Target {
  readonly generationId: string;
  readonly index: number;
}

/**
 * What is kept of each: the bytes as the provider made them, a picture that Figma can place (for a video, its poster),
 * and a thumbnail. `figma` is stored apart only where it differs from the original.
 */
export interface Renditions extends Made {
  readonly original: Uint8Array;
}

/** What is made of the original. */
export interface Made {
  readonly figma: Uint8Array | null;
  readonly thumbnail: Uint8Array;
}

export type Variant = keyof Renditions;

/** A stored picture, open for reading. Whoever opens it reads it to its end or destroys the stream. */
export interface StoredFile {
  readonly contentType: string;
  readonly bytes: number;
  readonly stream: Readable;
}

/** Where pictures are kept. */
export interface AssetStore {
  /**
   * Keeps all renditions or none that can be read half; doing it again replaces them. Once it fails, it writes no more.
   * @param made may still be being made, and the original written meanwhile; where that fails, nothing is kept, and this
   *   fails with it.
   */
  put(target: Target, original: Uint8Array, made: Made | Promise<Made>): Promise<void>;
  /** @returns null when there is no such picture. */
  open(target: Target, variant: Variant): Promise<StoredFile | null>;
  /** Keeps what a provider has handed over for a generation, until it is taken in. */
  putDelivery(generationId: string, file: Uint8Array): Promise<void>;
  readDelivery(generationId: string): Promise<Uint8Array | null>;
  dropDelivery(generationId: string): Promise<void>;
  /** The ids of all generations of which something is kept, in no order. */
  listGenerations(): AsyncIterable<string>;
  /** Removes all that is kept of a generation; doing it again is harmless. */
  dropGeneration(generationId: string): Promise<void>;
}
