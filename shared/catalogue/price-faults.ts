import type { CatalogueFault } from './catalogue-error.ts';
import type { Model } from './model.ts';
import { type Choices, findRate, type Rate } from './price.ts';
import { tierIds } from './route-view.ts';

/** A choice without a price cannot be quoted; a price without a choice is a slip of the pen. */
export function priceFaults(model: Model): CatalogueFault[] {
  return [...missingRates(model), ...strayRates(model)];
}

function missingRates(model: Model): CatalogueFault[] {
  return allChoices(model)
    .filter((choices) => !findRate(model.price, choices))
    .map((choices) => ({ path: 'price.rates', message: `there is no price for ${say(choices)}` }));
}

function strayRates({ price, sizing, qualities, durations, audio }: Model): CatalogueFault[] {
  const tiers = tierIds(sizing);
  return price.rates.flatMap((rate, index) => {
    const stray = (name: string) => ({ path: `price.rates.${index}.${name}`, message: 'the model has no such choice' });
    return [
      rate.tier === undefined || tiers.includes(rate.tier) ? [] : stray('tier'),
      rate.quality === undefined || qualities.includes(rate.quality) ? [] : stray('quality'),
      rate.seconds === undefined || durations.includes(rate.seconds) ? [] : stray('seconds'),
      rate.audio === undefined || audio === 'optional' ? [] : stray('audio'),
    ].flat();
  });
}

/** Every combination that a person could choose of what the table names, each with as many pixels as there can be. */
function allChoices({ price, sizing, qualities, durations, audio }: Model): Choices[] {
  const ofTable = <Choice>(name: keyof Rate, choices: readonly Choice[]): readonly (Choice | undefined)[] =>
    choices.length > 0 && price.rates.some((rate) => rate[name] !== undefined) ? choices : [undefined];
  const sounds = audio === 'optional' ? [false, true] : [audio === 'always'];
  const pixels = sizing.kind === 'pixels' ? sizing.maxPixels : 0;
  return ofTable('tier', tierIds(sizing)).flatMap((tier) =>
    ofTable('quality', qualities).flatMap((quality) =>
      ofTable('seconds', durations).flatMap((seconds) =>
        ofTable('audio', sounds).map((sound) => ({ tier, quality, seconds, audio: sound ?? false, pixels })),
      ),
    ),
  );
}

function say({ tier, quality, seconds, audio }: Choices): string {
  const parts = [tier, quality && `${quality} quality`, seconds && `${seconds} seconds`, audio && 'sound'].filter(
    Boolean,
  );
  return parts.length > 0 ? parts.join(', ') : 'any choice';
}
