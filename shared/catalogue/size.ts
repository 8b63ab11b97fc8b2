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
 * enough pixels. Whatever the frame, the result is a size that the model accepts.
 */
export function fitFrame(sizing: Sizing, { width, height }: Pixels, scale: number): Size {
  // A line is a layer with no height.
  const frame = { width: Math.max(1, width), height: Math.max(1, height) };
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
  const { multipleOf, minPixels, maxPixels } = sizing;
  const shortest = Math.ceil(sizing.minSide / multipleOf) * multipleOf;
  const longest = Math.floor(Math.min(sizing.maxSide, MAX_SIDE) / multipleOf) * multipleOf;
  const shape = frame.width / frame.height;
  const area = Math.min(maxPixels, Math.max(minPixels, frame.width * frame.height * scale * scale));
  const long = Math.sqrt(area * Math.max(shape, 1 / shape));
  const short = area / long;
  const factor = long > longest ? longest / long : Math.max(1, shortest / short);
  const side = (length: number) => {
    const rounded = Math.round((length * factor) / multipleOf) * multipleOf;
    return Math.min(longest, Math.max(shortest, rounded));
  };
  const fitted = { long: side(long), short: side(short) };
  // Rounding, and shapes that the limits do not allow, can leave the pixel count just outside: move by single steps.
  while (fitted.long * fitted.short < minPixels && fitted.long < longest) fitted.long += multipleOf;
  while (fitted.long * fitted.short < minPixels && fitted.short < longest) fitted.short += multipleOf;
  while (fitted.long * fitted.short > maxPixels && fitted.long > shortest) fitted.long -= multipleOf;
  if (fitted.long * fitted.short < minPixels || fitted.long * fitted.short > maxPixels) {
    const square = Math.min(longest, Math.floor(Math.sqrt(maxPixels) / multipleOf) * multipleOf);
    return { width: square, height: square };
  }
  return shape >= 1 ? { width: fitted.long, height: fitted.short } : { width: fitted.short, height: fitted.long };
}
