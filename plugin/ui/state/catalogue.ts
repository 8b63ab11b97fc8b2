import { computed, signal } from '@preact/signals';
import type { ModelList } from '../../../shared/api/models.ts';
import type { Broker } from '../api/broker.ts';

/** What can be picked, and what is picked. */
export function createCatalogue({ broker }: { readonly broker: Pick<Broker, 'models'> }) {
  const list = signal<ModelList | null>(null);
  const modelId = signal<string | null>(null);
  const models = computed(() => list.value?.models ?? []);
  return {
    /** What the broker offers. */
    models,
    tariff: computed(() => list.value?.tariff ?? null),
    modelId,
    /** The picked model; the first one when none is, or when the picked one is gone. */
    model: computed(() => models.value.find(({ id }) => id === modelId.value) ?? models.value[0] ?? null),
    async load(): Promise<void> {
      list.value = await broker.models();
    },
  };
}
export type Catalogue = ReturnType<typeof createCatalogue>;
