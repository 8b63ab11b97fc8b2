import * as z from 'zod/mini';
import { durationsFor } from '../../../shared/catalogue/durations.ts';
import type { PublicModel } from '../../../shared/catalogue/public-model.ts';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { Size } from '../../../shared/catalogue/settings.ts';
import type { Pixels } from '../../../shared/catalogue/size.ts';
import { fitFrame, outputSize } from '../../../shared/catalogue/size.ts';
import type { Receipt } from '../../../shared/receipt.ts';
import { type Given, NO_PICTURES, nameOf } from '../pictures/picture.ts';

/** The form as it stands. What the picked model cannot use stays in it, and comes back with a model that can. */
export const Draft = z.object({
  prompt: z.string(),
  /** Null until a model gives it one. */
  size: z.nullable(Size),
  /** How large in relation to the selected layer: 1, 2 or 3 times; null for a size of its own. */
  fit: z.nullable(z.literal([1, 2, 3])),
  count: z.int(),
  /** Null for a new one each time. */
  seed: z.nullable(z.int()),
  quality: z.nullable(z.string()),
  negativePrompt: z.string(),
  transparent: z.boolean(),
  /** Seconds of video; null for the model's shortest. */
  duration: z.nullable(z.int()),
  audio: z.boolean(),
  /** How many times larger; null for the model's smallest. */
  factor: z.nullable(z.int()),
});
export type Draft = z.infer<typeof Draft>;

export const EMPTY_DRAFT: Draft = {
  prompt: '',
  size: null,
  fit: null,
  count: 1,
  seed: null,
  quality: null,
  negativePrompt: '',
  transparent: false,
  duration: null,
  audio: true,
  factor: null,
};

/** What a form starts with, in px. */
const DEFAULT_SIZE: Pixels = { width: 1024, height: 1024 };

type Sized = Pick<PublicModel, 'sizing'>;

/**
 * The form's settings for a model, with only what that model understands. What it needs, a prompt or a picture, may still
 * be missing.
 */
export function toSettings(
  model: PublicModel,
  draft: Draft,
  frame: Pixels | null,
  given: Given = NO_PICTURES,
): Settings {
  const { qualities, factors } = model;
  const references = given.references.slice(0, model.references.max).map(nameOf);
  const size = draft.fit !== null && frame ? fitFrame(model.sizing, frame, draft.fit) : sizeFor(model, draft.size);
  const duration = nearestTo(draft.duration, durationsFor(model, { size, references }));
  const factor = nearestTo(draft.factor, factors);
  const quality = qualities.find((name) => name === draft.quality) ?? qualities.at(Math.floor(qualities.length / 2));
  const negativePrompt = draft.negativePrompt.trim();
  return {
    prompt: model.prompt === 'none' ? '' : draft.prompt.trim(),
    size,
    count: Math.min(Math.max(1, draft.count), model.maxCount),
    ...(model.seed && draft.seed !== null && { seed: draft.seed }),
    ...(quality !== undefined && { quality }),
    ...(model.negativePrompt && negativePrompt !== '' && { negativePrompt }),
    ...(references.length > 0 && { references }),
    ...(model.mask !== 'none' && given.mask && references.length > 0 && { mask: nameOf(given.mask) }),
    ...(model.transparent && draft.transparent && { transparent: true }),
    ...(duration !== undefined && { duration }),
    ...(model.audio === 'optional' && { audio: draft.audio }),
    ...(factor !== undefined && { factor }),
  };
}

/** The choice that comes nearest to what was chosen before; the first where nothing was. */
function nearestTo(wanted: number | null, choices: readonly number[]): number | undefined {
  if (wanted === null) return choices[0];
  return [...choices].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0];
}

/** The same size, or the nearest that the model can make when it names sizes in another way. */
export function sizeFor(model: Sized, size: Size | null): Size {
  const { sizing } = model;
  if (size?.kind === 'pixels' && sizing.kind === 'pixels') return size;
  if (size?.kind === 'auto') {
    const isKnown = sizing.kind === 'auto' && sizing.tiers.some((tier) => tier === size.tier);
    return isKnown ? size : fitFrame(sizing, DEFAULT_SIZE, 1);
  }
  if (size?.kind === 'ratio' && sizing.kind === 'ratio') {
    const knowsTier = sizing.tiers.some(({ id }) => id === size.tier);
    const tier = knowsTier ? size.tier : fallbackTier(model);
    if (sizing.ratios.includes(size.ratio)) return { ...size, tier };
    const [width = 1, height = 1] = size.ratio.split(':').map(Number);
    return fitFrame({ ...sizing, tiers: sizing.tiers.filter(({ id }) => id === tier) }, { width, height }, 1);
  }
  if (size?.kind === 'pixels') return fitFrame(sizing, size, 1);
  if (size === null) return fitFrame(sizing, DEFAULT_SIZE, 1);
  const [width = 1, height = 1] = size.ratio.split(':').map(Number);
  const scale = Math.sqrt((DEFAULT_SIZE.width * DEFAULT_SIZE.height) / (width * height));
  return fitFrame(sizing, { width: width * scale, height: height * scale }, 1);
}

/**
 * Sides of the results in px; where the model chooses, a guess: as large as the picture that it works on. Null for a
 * combination that the model does not have.
 */
export function pixelsOf(model: Sized, settings: Pick<Settings, 'size' | 'references' | 'factor'>): Pixels | null {
  try {
    return outputSize(model, settings) ?? settings.references?.[0] ?? DEFAULT_SIZE;
  } catch {
    return null;
  }
}

/** The form that made a picture. */
export function draftOf({ settings, seed }: Receipt): Draft {
  return {
    prompt: settings.prompt,
    size: settings.size,
    fit: null,
    count: settings.count,
    // A batch has one seed in its settings, or none; its pictures have one each.
    seed: settings.seed ?? seed,
    quality: settings.quality ?? null,
    negativePrompt: settings.negativePrompt ?? '',
    transparent: settings.transparent ?? false,
    duration: settings.duration ?? null,
    audio: settings.audio ?? true,
    factor: settings.factor ?? null,
  };
}

function fallbackTier(model: Sized): string {
  const size = fitFrame(model.sizing, DEFAULT_SIZE, 1);
  return size.kind === 'ratio' ? size.tier : '';
}
