import { sha1 } from './sha1.ts';
import { sniffImage } from './sniff-image.ts';
import { sniffVideo } from './sniff-video.ts';

/** Bytes that paints refer to by their hash. */
export interface Asset {
  readonly hash: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mime: string;
  /** Pixels; 0 × 0 for video, which Figma does not tell. */
  readonly width: number;
  readonly height: number;
}

const MAX_IMAGE_SIDE = 4096;
const MAX_VIDEO_BYTES = 100 * 1024 * 1024;

export interface Assets {
  get(hash: string): Asset | undefined;
  /** Equal bytes give an equal hash. @throws Error for what Figma refuses (wording: assumption `image-wording`). */
  addImage(bytes: Uint8Array): Asset;
  /** @throws Error for what Figma refuses (wording: assumption `video-wording`). */
  addVideo(bytes: Uint8Array): Asset;
  load(assets: readonly Asset[]): void;
  clear(): void;
  subscribe(listener: (asset: Asset) => void): void;
}

export function createAssets(): Assets {
  const assets = new Map<string, Asset>();
  const listeners = new Set<(asset: Asset) => void>();

  const add = (bytes: Uint8Array, about: Omit<Asset, 'hash' | 'bytes'>): Asset => {
    const hash = sha1(bytes);
    const known = assets.get(hash);
    if (known !== undefined) return known;
    const asset = { hash, bytes: bytes.slice(), ...about };
    assets.set(hash, asset);
    for (const listener of listeners) listener(asset);
    return asset;
  };

  return {
    get: (hash) => assets.get(hash),
    addImage(bytes) {
      const image = sniffImage(bytes);
      if (image === null) throw new Error('Image type is unsupported');
      if (image.width > MAX_IMAGE_SIDE || image.height > MAX_IMAGE_SIDE) throw new Error('Image is too large');
      return add(bytes, image);
    },
    addVideo(bytes) {
      const mime = sniffVideo(bytes);
      if (mime === null) throw new Error('Video type is unsupported');
      if (bytes.length > MAX_VIDEO_BYTES) throw new Error('Video is too large');
      return add(bytes, { mime, width: 0, height: 0 });
    },
    load(saved) {
      for (const asset of saved) assets.set(asset.hash, asset);
    },
    clear: () => assets.clear(),
    subscribe: (listener) => listeners.add(listener),
  };
}
