import type { PublicModel } from '../../../shared/catalogue/public-model.ts';

/**
 * Whether the panel can use a model: it has to make a picture of pixels from words alone, because words are all that the
 * panel can send and such pictures all that it can place. Every other model of the broker's list is left out of the picker.
 */
export function canDraw({ kind, vector, prompt, references, mask }: PublicModel): boolean {
  return kind === 'image' && !vector && prompt !== 'none' && references.min === 0 && mask !== 'required';
}
