import { computed, signal } from '@preact/signals';
import type { ModelList } from '../../../shared/api/models.ts';
import type { Broker } from '../api/broker.ts';

/** What can be picked, and what is picked. */
export function createCatalogue({ broker }: { readonly broker: Pick<Broker, 'models'> }) {
  const list = signal<ModelList | null>(null);
  const modelId = signal<string | null>(null);
  const models = computed(() => list.value?.models ?? []);

  const model = computed(() => models.value.find(({ id }) => id === modelId.value) ?? models.value[0] ?? null);
  return {
    /** What the broker offers. */
    models,
    tariff: computed(() => list.value?.tariff ?? null),
    modelId,
    /** The picked model; the first one when none is, or when the picked one is gone. */
    model,
    async load(): Promise<void> {
      list.value = await broker.models();
    },
    /**
     * Looks again which models are down; a broker that cannot be reached leaves what is known. Where the picked model is
     * gone the list stays, so that no other one takes its place under the designer's hand: the click says it.
     */
    async refresh(): Promise<void> {
      const next = await broker.models().catch(() => null);
      if (next?.models.some(({ id }) => id === model.value?.id)) list.value = next;
    },
  };
}
export type Catalogue = ReturnType<typeof createCatalogue>;
