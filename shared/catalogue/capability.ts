import { durationsFor } from './durations.ts';
import type { Either, PublicModel, Sizing } from './public-model.ts';
import type { Settings, Size } from './settings.ts';
import { MAX_SIDE } from './settings.ts';
import { listedSizes } from './size.ts';

/** Something that a model cannot do: which setting, and what to choose instead. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Everything in `settings` that `model` cannot do; empty when it can do all of it. */
export function checkSettings(model: PublicModel, settings: Settings): Fault[] {
  return [
    ...checkSize(model, settings),
    ...checkCount(model, settings),
    ...checkSeed(model, settings),
    ...checkQuality(model, settings),
    ...checkNegativePrompt(model, settings),
    ...checkReferences(model, settings),
    ...checkMask(model, settings),
    ...checkTransparent(model, settings),
    ...checkApart(model, settings),
    ...checkDuration(model, settings),
    ...checkAudio(model, settings),
    ...checkFactor(model, settings),
    ...checkPrompt(model, settings),
  ];
}

type Check = (model: PublicModel, settings: Settings) => Fault[];

const fault = (path: string, message: string): Fault[] => [{ path, message }];
const oneOf = (choices: readonly (string | number)[]) =>
  `Choose ${choices.length > 1 ? 'one of ' : ''}${choices.join(', ')}.`;

const checkSize: Check = ({ name, sizing }, { size }) => {
  switch (sizing.kind) {
    case 'pixels':
      return size.kind === 'pixels' ? pixelFaults(sizing, size) : fault('size', `${name} takes a width and a height.`);
    case 'list':
      return size.kind === 'pixels' ? listFaults(sizing, size) : fault('size', `${name} takes a width and a height.`);
    case 'ratio':
      return size.kind === 'ratio'
        ? ratioFaults(sizing, size)
        : fault('size', `${name} takes an aspect ratio and a resolution.`);
    case 'auto': {
      if (size.kind !== 'auto') return fault('size', `${name} chooses its own size: leave it to the model.`);
      const { tiers } = sizing;
      const known = tiers.length === 0 ? size.tier === undefined : tiers.some((tier) => tier === size.tier);
      if (known) return [];
      return fault('size.tier', tiers.length === 0 ? `${name} has one resolution: leave it out.` : oneOf(tiers));
    }
    default:
      return sizing satisfies never;
  }
};

type Of<Union, Kind> = Extract<Union, { kind: Kind }>;

function pixelFaults(sizing: Of<Sizing, 'pixels'>, size: Of<Size, 'pixels'>): Fault[] {
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

function listFaults(sizing: Of<Sizing, 'list'>, size: Of<Size, 'pixels'>): Fault[] {
  const sizes = listedSizes(sizing);
  if (sizes.some(({ width, height }) => width === size.width && height === size.height)) return [];
  return fault('size', oneOf(sizes.map(({ width, height }) => `${width} × ${height}`)));
}

function ratioFaults(sizing: Of<Sizing, 'ratio'>, size: Of<Size, 'ratio'>): Fault[] {
  const tiers = sizing.tiers.map(({ id }) => id);
  return [
    ...(sizing.ratios.includes(size.ratio) ? [] : fault('size.ratio', oneOf(sizing.ratios))),
    ...(tiers.includes(size.tier) ? [] : fault('size.tier', oneOf(tiers))),
  ];
}

const checkCount: Check = ({ maxCount }, { count }) =>
  count > maxCount ? fault('count', `Choose at most ${maxCount}.`) : [];

const checkSeed: Check = ({ name, seed }, settings) =>
  settings.seed !== undefined && !seed ? fault('seed', `${name} has no seed: leave it out.`) : [];

const checkQuality: Check = ({ name, qualities }, { quality }) => {
  if (quality === undefined) return qualities.length > 0 ? fault('quality', oneOf(qualities)) : [];
  if (qualities.includes(quality)) return [];
  return fault('quality', qualities.length > 0 ? oneOf(qualities) : `${name} has no quality setting.`);
};

const checkNegativePrompt: Check = ({ name, negativePrompt, maxNegativePrompt }, settings) => {
  if (!settings.negativePrompt) return [];
  if (!negativePrompt) return fault('negativePrompt', `${name} has no negative prompt: say it in the prompt.`);
  return checkLength(name, 'negativePrompt', maxNegativePrompt, settings.negativePrompt);
};

const checkReferences: Check = ({ name, references: { min, max } }, { references = [] }) => {
  if (references.length > max) {
    return fault(
      'references',
      max === 0 ? `${name} takes no pictures: leave them out.` : `Choose at most ${max} pictures.`,
    );
  }
  if (references.length >= min) return [];
  return fault('references', min === 1 ? `${name} needs a picture to work on.` : `Choose at least ${min} pictures.`);
};

const checkMask: Check = ({ name, mask }, settings) => {
  if (settings.mask) return mask === 'none' ? fault('mask', `${name} takes no mask: leave it out.`) : [];
  return mask === 'required' ? fault('mask', `${name} needs a mask: what it should paint.`) : [];
};

const checkTransparent: Check = ({ name, transparent }, settings) =>
  settings.transparent && !transparent ? fault('transparent', `${name} has no transparent background.`) : [];

const NOUNS = {
  references: 'pictures',
  mask: 'a mask',
  negativePrompt: 'a negative prompt',
  transparent: 'a transparent background',
} as const satisfies Record<Either, string>;

const checkApart: Check = ({ name, apart }, settings) => {
  const isGiven = (one: Either) => (one === 'references' ? settings.references?.length : settings[one]);
  return apart
    .filter((pair) => pair.every(isGiven))
    .map(([one, other]) => ({
      path: other,
      message: `${name} does not take ${NOUNS[other]} together with ${NOUNS[one]}: leave one of them out.`,
    }));
};

const checkDuration: Check = (model, settings) => {
  const { duration } = settings;
  const durations = durationsFor(model, settings);
  if (durations.length === 0)
    return duration === undefined ? [] : fault('duration', `${model.name} has no length to choose.`);
  return duration !== undefined && durations.includes(duration) ? [] : fault('duration', oneOf(durations));
};

const checkAudio: Check = ({ name, audio }, settings) =>
  settings.audio !== undefined && audio !== 'optional' ? fault('audio', `${name} has no choice of sound.`) : [];

const checkFactor: Check = ({ name, factors }, { factor }) => {
  if (factors.length === 0) return factor === undefined ? [] : fault('factor', `${name} has no factor to choose.`);
  return factor !== undefined && factors.includes(factor) ? [] : fault('factor', oneOf(factors));
};

const checkPrompt: Check = ({ name, prompt, maxPrompt }, settings) => {
  const { length } = settings.prompt;
  if (length === 0) return prompt === 'required' ? fault('prompt', 'Write a prompt first.') : [];
  if (prompt === 'none') return fault('prompt', `${name} takes no words: leave them out.`);
  return checkLength(name, 'prompt', maxPrompt, settings.prompt);
};

function checkLength(name: string, path: 'prompt' | 'negativePrompt', limit: number, { length }: string) {
  if (length <= limit) return [];
  const [most, has] = [limit, length].map((characters) => characters.toLocaleString('en'));
  const what = path === 'prompt' ? 'prompt' : 'negative prompt';
  return fault(path, `${name} takes at most ${most} characters, and the ${what} has ${has}: shorten it.`);
}
