import type { PublicModel, Sizing } from './public-model.ts';
import type { Settings, Size } from './settings.ts';
import { MAX_SIDE } from './settings.ts';

/** A width and a height in px. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
}

/** Where a maker does not say how many pixels a resolution has, only the shape is known: it is shown at this size. */
const NOMINAL_PIXELS = 1_048_576;

/**
 * The size of the results that `settings` ask for, in px; null when only the model knows. For a ratio: the resolution's
 * pixels in that ratio. For an upscale: the picture times the factor.
 */
export function outputSize(
  model: Pick<PublicModel, 'sizing'>,
  settings: Pick<Settings, 'size' | 'references' | 'factor'>,
): Pixels | null {
  const { size, references, factor } = settings;
  if (size.kind === 'pixels') return { width: size.width, height: size.height };
  if (size.kind === 'auto') {
    const picture = references?.[0];
    return picture && factor ? { width: picture.width * factor, height: picture.height * factor } : null;
  }
  const tiers = model.sizing.kind === 'ratio' ? model.sizing.tiers : [];
  const tier = tiers.find(({ id }) => id === size.tier);
  if (!tier) throw new RangeError(`the model has no tier ${JSON.stringify(size.tier)}`);
  const pixels = tier.pixels ?? NOMINAL_PIXELS;
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

/** The sizes of a list, each with its resolution. */
export function listedSizes(sizing: Extract<Sizing, { kind: 'list' }>): (Pixels & { readonly tier: string })[] {
  return sizing.tiers.flatMap(({ id, sizes }) =>
    sizes.map((size) => {
      const [width = 0, height = 0] = size.split('x').map(Number);
      return { width, height, tier: id };
    }),
  );
}

/** The resolution that a size comes to, where the model has resolutions. */
export function tierOf(sizing: Sizing, size: Size): string | undefined {
  if (size.kind !== 'pixels') return size.tier;
  if (sizing.kind !== 'list') return undefined;
  return listedSizes(sizing).find(({ width, height }) => width === size.width && height === size.height)?.tier;
}

/**
 * The size that fits a frame best: its shape at `scale` times its size, moved into what the model can make. For a ratio
 * model, the nearest ratio (by logarithm, so that 2:1 and 1:2 are equally far from 1:1) and the smallest tier that has
 * enough pixels; for a list, the nearest shape and of those the smallest that has enough pixels. Whatever the frame, the
 * result is a size that the model accepts.
 */
export function fitFrame(sizing: Sizing, { width, height }: Pixels, scale: number): Size {
  // A line is a layer with no height.
  const frame = { width: Math.max(1, width), height: Math.max(1, height) };
  const pixels = frame.width * frame.height * scale * scale;
  switch (sizing.kind) {
    case 'pixels':
      return { kind: 'pixels', ...clampPixels(sizing, frame, scale) };
    case 'ratio': {
      const ratio = nearest(sizing.ratios, parseRatio, frame);
      return { kind: 'ratio', ratio, tier: smallestWith(sizing.tiers, (tier) => tier.pixels ?? 0, pixels).id };
    }
    case 'list': {
      const sizes = listedSizes(sizing);
      const shape = (size: Pixels) => size.width / size.height;
      const best = shape(nearest(sizes, shape, frame));
      const alike = sizes.filter((size) => shape(size) === best);
      const fitting = smallestWith(alike, (size) => size.width * size.height, pixels);
      return { kind: 'pixels', width: fitting.width, height: fitting.height };
    }
    case 'auto':
      return sizing.tiers[0] === undefined ? { kind: 'auto' } : { kind: 'auto', tier: sizing.tiers[0] };
    default:
      return sizing satisfies never;
  }
}

function nearest<Choice>(choices: readonly Choice[], shape: (choice: Choice) => number, frame: Pixels): Choice {
  const wanted = Math.log(frame.width / frame.height);
  const distance = (choice: Choice) => Math.abs(Math.log(shape(choice)) - wanted);
  return choices.reduce((best, next) => (distance(next) < distance(best) ? next : best));
}

function smallestWith<Choice>(choices: readonly Choice[], pixelsOf: (choice: Choice) => number, least: number): Choice {
  const sorted = [...choices].sort((a, b) => pixelsOf(a) - pixelsOf(b));
  const found = sorted.find((choice) => pixelsOf(choice) >= least) ?? sorted.at(-1);
  if (found === undefined) throw new RangeError('the model has no sizes');
  return found;
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
