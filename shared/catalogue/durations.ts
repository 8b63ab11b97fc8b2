import type { PublicModel } from './public-model.ts';
import type { Settings } from './settings.ts';
import { tierOf } from './size.ts';

/** The lengths that a model can make a video of, in seconds, at this size and with these pictures; empty without a choice. */
export function durationsFor(
  { durations, durationLimits, sizing }: Pick<PublicModel, 'durations' | 'durationLimits' | 'sizing'>,
  { size, references = [] }: Pick<Settings, 'size' | 'references'>,
): readonly number[] {
  const tier = tierOf(sizing, size);
  const limits = durationLimits.filter(
    ({ tiers, references: least = 0 }) =>
      (tiers === undefined || tiers.some((one) => one === tier)) && references.length >= least,
  );
  return durations.filter((seconds) => limits.every((limit) => limit.durations.includes(seconds)));
}
