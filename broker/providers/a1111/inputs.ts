import type { Ability, InputImage, ProviderRequest } from '../provider.ts';
import { notSent } from '../refusal.ts';

const DRAW = '/sdapi/v1/txt2img';
const REDRAW = '/sdapi/v1/img2img';

/** The paths that are spoken here, with what they can do. */
export const PATHS: Readonly<Record<string, readonly Ability[]>> = { [DRAW]: [], [REDRAW]: ['references', 'mask'] };

/**
 * The body of a call: what was asked for, and nothing about steps, samplers and the like, which are the server's own.
 * @throws ProviderFault before anything is sent: `model_gone` for a path that is not on the list, `invalid_input` for
 *   what it does not take.
 */
export function toInput({ route, settings, size, references, mask }: ProviderRequest): Record<string, unknown> {
  if (!Object.hasOwn(PATHS, route.path)) throw notSent('model_gone', `no fields known for ${route.path}`);
  if (!size) throw notSent('invalid_input', 'no size');
  const { prompt, negativePrompt, seed, count } = settings;
  const fields = {
    prompt,
    ...(negativePrompt && { negative_prompt: negativePrompt }),
    ...size,
    ...(seed !== undefined && { seed }),
    // One after the other, since a batch at once takes as many times the memory.
    ...(count > 1 && { n_iter: count }),
  };
  const [picture, ...more] = references;
  if (route.path === DRAW) {
    if (picture || mask) throw notSent('invalid_input', 'pictures where none are taken');
    return fields;
  }
  if (!picture || more.length > 0) throw notSent('invalid_input', 'one picture is needed');
  return {
    ...fields,
    init_images: [base64(picture)],
    // Cropped to the size, and not stretched into it.
    resize_mode: 1,
    // White is painted, as in ours; 1 begins from what is there.
    ...(mask && { mask: base64(mask), inpainting_fill: 1, inpainting_mask_invert: 0 }),
  };
}

function base64({ bytes }: InputImage): string {
  return Buffer.from(bytes).toString('base64');
}
