import { computed, signal } from '@preact/signals';
import { checkSettings } from '../../../shared/catalogue/capability.ts';
import type { Pictures } from '../pictures/pictures.ts';
import type { CanvasSelection } from './canvas-selection.ts';
import type { Catalogue } from './catalogue.ts';
import type { Draft } from './draft-settings.ts';
import { EMPTY_DRAFT, toSettings } from './draft-settings.ts';

export interface FormOptions {
  readonly catalogue: Pick<Catalogue, 'model'>;
  readonly canvas: Pick<CanvasSelection, 'node'>;
  readonly pictures: Pick<Pictures, 'given'>;
}

/** What the designer asks for: the draft, and what it comes to with the picked model. */
export function createForm({ catalogue, canvas, pictures }: FormOptions) {
  const draft = signal<Draft>(EMPTY_DRAFT);
  const settings = computed(() => {
    const model = catalogue.model.value;
    return model && toSettings(model, draft.value, canvas.node.value, pictures.given.value);
  });
  return {
    draft,
    settings,
    /** What the model cannot do; empty while there is no model. */
    faults: computed(() => {
      const model = catalogue.model.value;
      const faults = model && settings.value ? checkSettings(model, settings.value) : [];
      // A form that is not written yet is no mistake.
      return faults.filter(({ path }) => path !== 'prompt' || settings.value?.prompt !== '');
    }),
    edit(change: Partial<Draft>): void {
      draft.value = { ...draft.value, ...change };
    },
  };
}
export type Form = ReturnType<typeof createForm>;
