import type { Model } from './model.ts';
import type { Settings } from './settings.ts';
import { MAX_SIDE } from './settings.ts';

/** Something that a model cannot do: which setting, and what to choose instead. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Everything in `settings` that `model` cannot do; empty when it can do all of it. */
export function checkSettings(model: Omit<Model, 'routes'>, settings: Settings): Fault[] {
  return [
    ...checkSize(model, settings),
    ...checkCount(model, settings),
    ...checkSeed(model, settings),
    ...checkQuality(model, settings),
    ...checkNegativePrompt(model, settings),
  ];
}

type Check = (model: Omit<Model, 'routes'>, settings: Settings) => Fault[];

const checkSize: Check = ({ name, sizing }, { size }) => {
  if (sizing.kind !== size.kind) {
    const wanted = sizing.kind === 'pixels' ? 'a width and a height' : 'an aspect ratio and a resolution';
    return [{ path: 'size', message: `${name} takes ${wanted}.` }];
  }
  return sizing.kind === 'pixels' && size.kind === 'pixels' ? pixelFaults(sizing, size) : ratioFaults(sizing, size);
};

function pixelFaults(
  sizing: Extract<Model['sizing'], { kind: 'pixels' }>,
  size: { width: number; height: number },
): Fault[] {
  const faults: Fault[] = [];
  const maxSide = Math.min(sizing.maxSide, MAX_SIDE);
  for (const side of ['width', 'height'] as const) {
    if (size[side] < sizing.minSide || size[side] > maxSide) {
      faults.push({ path: `size.${side}`, message: `Choose ${sizing.minSide} to ${maxSide} px.` });
    } else if (size[side] % sizing.multipleOf !== 0) {
      faults.push({ path: `size.${side}`, message: `Choose a multiple of ${sizing.multipleOf} px.` });
    }
  }
  const pixels = size.width * size.height;
  if (pixels < sizing.minPixels || pixels > sizing.maxPixels) {
    const megapixels = (count: number) => (count / 1_000_000).toFixed(2);
    const range = `${megapixels(sizing.minPixels)} to ${megapixels(sizing.maxPixels)}`;
    faults.push({ path: 'size', message: `Choose a size of ${range} megapixels.` });
  }
  return faults;
}

function ratioFaults(sizing: Model['sizing'], size: Settings['size']): Fault[] {
  if (sizing.kind !== 'ratio' || size.kind !== 'ratio') return [];
  const faults: Fault[] = [];
  if (!sizing.ratios.includes(size.ratio)) {
    faults.push({ path: 'size.ratio', message: `Choose one of ${sizing.ratios.join(', ')}.` });
  }
  if (!sizing.tiers.some((tier) => tier.id === size.tier)) {
    faults.push({ path: 'size.tier', message: `Choose one of ${sizing.tiers.map((tier) => tier.id).join(', ')}.` });
  }
  return faults;
}

const checkCount: Check = ({ maxCount }, { count }) =>
  count > maxCount ? [{ path: 'count', message: `Choose at most ${maxCount}.` }] : [];

const checkSeed: Check = ({ name, seed }, settings) =>
  settings.seed !== undefined && !seed ? [{ path: 'seed', message: `${name} has no seed: leave it out.` }] : [];

const checkQuality: Check = ({ name, qualities }, { quality }) => {
  if (quality === undefined) {
    return qualities.length > 0 ? [{ path: 'quality', message: `Choose one of ${qualities.join(', ')}.` }] : [];
  }
  if (qualities.includes(quality)) return [];
  const advice = qualities.length > 0 ? `Choose one of ${qualities.join(', ')}.` : `${name} has no quality setting.`;
  return [{ path: 'quality', message: advice }];
};

const checkNegativePrompt: Check = ({ name, negativePrompt }, settings) =>
  settings.negativePrompt && !negativePrompt
    ? [{ path: 'negativePrompt', message: `${name} has no negative prompt: say it in the prompt.` }]
    : [];
