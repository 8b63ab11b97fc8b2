import type { Model, Sizing } from './model.ts';
import type { Settings, Size } from './settings.ts';
import { MAX_SIDE } from './settings.ts';

/** A width and a height in px. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
}

/** The size of the pictures that `settings` ask for, in px. For a ratio model: the tier's pixels in that ratio. */
export function outputSize(model: Pick<Model, 'sizing'>, settings: Pick<Settings, 'size'>): Pixels {
  const { size } = settings;
  if (size.kind === 'pixels') return { width: size.width, height: size.height };
  const tiers = model.sizing.kind === 'ratio' ? model.sizing.tiers : [];
  const pixels = tiers.find((tier) => tier.id === size.tier)?.pixels;
  if (pixels === undefined) throw new RangeError(`the model has no tier ${JSON.stringify(size.tier)}`);
  const ratio = parseRatio(size.ratio);
  const multiple = 8;
  const side = (length: number) => Math.max(multiple, Math.round(length / multiple) * multiple);
  return { width: side(Math.sqrt(pixels * ratio)), height: side(Math.sqrt(pixels / ratio)) };
}

/** `16:9` as a number, width over height. */
export function parseRatio(ratio: string): number {
  const [width, height] = ratio.split(':').map(Number);
  if (!width || !height) throw new RangeError(`${JSON.stringify(ratio)} is not an aspect ratio`);
  return width / height;
}

/**
 * The size that fits a frame best: its shape at `scale` times its size, moved into what the model can make. For a ratio
 * model, the nearest ratio (by logarithm, so that 2:1 and 1:2 are equally far from 1:1) and the smallest tier that has
 * enough pixels.
 */
export function fitFrame(sizing: Sizing, frame: Pixels, scale: number): Size {
  if (sizing.kind === 'pixels') return { kind: 'pixels', ...clampPixels(sizing, frame, scale) };
  const wanted = Math.log(frame.width / frame.height);
  const distance = (ratio: string) => Math.abs(Math.log(parseRatio(ratio)) - wanted);
  const ratio = sizing.ratios.reduce((best, next) => (distance(next) < distance(best) ? next : best));
  const pixels = frame.width * frame.height * scale * scale;
  const tiers = [...sizing.tiers].sort((a, b) => a.pixels - b.pixels);
  const tier = tiers.find((candidate) => candidate.pixels >= pixels) ?? tiers.at(-1);
  if (!tier) throw new RangeError('the model has no tiers');
  return { kind: 'ratio', ratio, tier: tier.id };
}

/** Scales a frame into a model's limits, keeping its shape as far as the limits allow. */
function clampPixels(sizing: Extract<Sizing, { kind: 'pixels' }>, frame: Pixels, scale: number): Pixels {
  const { multipleOf } = sizing;
  const maxSide = Math.min(sizing.maxSide, MAX_SIDE);
  const width = frame.width * scale;
  const height = frame.height * scale;
  const grow = Math.max(1, Math.sqrt(sizing.minPixels / (width * height)), sizing.minSide / Math.min(width, height));
  const shrink = Math.min(
    1,
    maxSide / (Math.max(width, height) * grow),
    Math.sqrt(sizing.maxPixels / (width * height)) / grow,
  );
  const floor = (length: number) => Math.floor(length / multipleOf) * multipleOf;
  const ceil = (length: number) => Math.ceil(length / multipleOf) * multipleOf;
  const side = (length: number) => {
    const exact = length * grow * shrink;
    const rounded = grow > 1 && shrink === 1 ? ceil(exact) : floor(exact + multipleOf / 2);
    return Math.min(floor(maxSide), Math.max(ceil(sizing.minSide), rounded));
  };
  const fitted = { width: side(width), height: side(height) };
  // Rounding both sides to the nearest multiple can pass the pixel limit by a row.
  while (fitted.width * fitted.height > sizing.maxPixels) {
    if (fitted.width >= fitted.height) fitted.width -= multipleOf;
    else fitted.height -= multipleOf;
  }
  return fitted;
}
