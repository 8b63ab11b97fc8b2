import { batch, computed, signal } from '@preact/signals';
import type { ModelList } from '../../../shared/api/models.ts';
import type { Broker } from '../api/broker.ts';
import { nearestModel, sayMissing, type WantedModel } from './missing-model.ts';

/** What can be picked, and what is picked. */
export function createCatalogue({ broker }: { readonly broker: Pick<Broker, 'models'> }) {
  const list = signal<ModelList | null>(null);
  const modelId = signal<string | null>(null);
  /** What was asked for and is not picked: the roster is not here yet, or does not have it. */
  const wanted = signal<WantedModel | null>(null);
  const models = computed(() => list.value?.models ?? []);
  const find = (id: string | null) => models.value.find((model) => model.id === id);

  const model = computed(() => find(modelId.value) ?? models.value[0] ?? null);

  function pick(id: string): void {
    batch(() => {
      modelId.value = id;
      wanted.value = null;
    });
  }

  function settle(): void {
    if (wanted.value && find(wanted.value.id)) pick(wanted.value.id);
  }

  return {
    /** What the broker offers. */
    models,
    tariff: computed(() => list.value?.tariff ?? null),
    modelId,
    /** The picked model; the first one when none is, or when the picked one is gone. */
    model,
    pick,
    /** Picks a model as soon as the roster is here. Where that does not have it, the picked one stays. */
    want(asked: WantedModel): void {
      wanted.value = asked;
      settle();
    },
    /** What to say of a model that was asked for and is no longer offered, until another one is picked; else null. */
    missing: computed(() => {
      if (!wanted.value || !model.value || find(wanted.value.id)) return null;
      const nearest = nearestModel(wanted.value, models.value);
      return {
        words: sayMissing(wanted.value, model.value, find(modelId.value) !== undefined),
        nearest: nearest === model.value ? null : nearest,
      };
    }),
    async load(): Promise<void> {
      list.value = await broker.models();
      if (modelId.value !== null && !find(modelId.value))
        wanted.value ??= { id: modelId.value, name: null, kind: null };
      settle();
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
