import { effect } from '@preact/signals';
import * as z from 'zod/mini';
import type { Wait } from '../clock.ts';
import type { Catalogue } from './catalogue.ts';
import { Draft } from './draft-settings.ts';
import type { Form } from './form.ts';
import { readKept } from './kept-json.ts';
import type { Pools } from './pools.ts';

/** What is remembered from run to run on this person's machine. */
const Preferences = z.object({
  poolId: z.nullable(z.string()),
  modelId: z.nullable(z.string()),
  draft: Draft,
});

/** How long the form must rest before it is saved, in ms. */
const REST = 800;

export interface PreferencesOptions {
  readonly form: Form;
  readonly catalogue: Pick<Catalogue, 'modelId'>;
  readonly pools: Pick<Pools, 'chosenId'>;
  readonly save: (preferences: string) => void;
  readonly wait: Wait;
}

/** Keeps the last model, pool and form. */
export function createPreferences({ form, catalogue, pools, save, wait }: PreferencesOptions) {
  return {
    restore(kept: string | null): void {
      const preferences = readKept(Preferences, kept);
      if (!preferences) return;
      pools.chosenId.value = preferences.poolId;
      catalogue.modelId.value = preferences.modelId;
      form.draft.value = preferences.draft;
    },
    /** Saves whenever the form has rested. */
    watch(): () => void {
      let first = true;
      return effect(() => {
        const preferences = {
          poolId: pools.chosenId.value,
          modelId: catalogue.modelId.value,
          draft: form.draft.value,
        } satisfies z.infer<typeof Preferences>;
        const unchanged = first;
        first = false;
        if (unchanged) return;
        const stop = new AbortController();
        wait(REST, stop.signal).then(
          () => save(JSON.stringify(preferences)),
          () => undefined,
        );
        return () => stop.abort();
      });
    },
  };
}
