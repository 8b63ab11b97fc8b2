import type { PublicModel } from '../../../shared/catalogue/public-model.ts';
import type { Receipt } from '../../../shared/receipt.ts';

/** A model that a layer was made with, or that was picked in another run. */
export interface WantedModel {
  readonly id: string;
  /** Null where only the id was kept. */
  readonly name: string | null;
  /** Null where nobody knows. */
  readonly kind: PublicModel['kind'] | null;
}

/** The model of a receipt. It does not name the kind, but what was asked for tells it. */
export function modelOf({ modelId, modelName, settings }: Receipt): WantedModel {
  const { prompt, duration, factor } = settings;
  const isUtility = factor !== undefined || prompt === '';
  return { id: modelId, name: modelName, kind: duration !== undefined ? 'video' : isUtility ? 'utility' : 'image' };
}

/**
 * The offered model of the same kind and family whose name comes nearest, as `flux-2-pro` to `flux-1-pro`; null where the
 * family is gone. Of a model that is gone nothing else is known, so it is an offer and never taken by itself.
 */
export function nearestModel<Model extends Pick<PublicModel, 'id' | 'kind'>>(
  { id, kind }: WantedModel,
  models: readonly Model[],
): Model | null {
  const words = id.split('-');
  const shared = (other: Model) => other.id.split('-').filter((word) => words.includes(word)).length;
  const family = models.filter((other) => other.id.split('-')[0] === words[0] && (kind ?? other.kind) === other.kind);
  return family.sort((a, b) => shared(b) - shared(a))[0] ?? null;
}

/** `Lumen 1 is no longer offered. Sketch stays picked.` */
export function sayMissing({ name }: WantedModel, picked: Pick<PublicModel, 'name'>, stays: boolean): string {
  const gone = `${name ?? 'The model that you used last'} is no longer offered.`;
  return `${gone} ${picked.name} ${stays ? 'stays picked' : 'is picked instead'}.`;
}
