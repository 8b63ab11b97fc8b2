import type { FormData } from 'undici';
import { type PixelLimits, scaledInto, sizedAs } from '../fit-picture.ts';
import { formOf } from '../form.ts';
import type { Ability, InputImage, ProviderRequest } from '../provider.ts';
import { notSent } from '../refusal.ts';

/** How far a picture made from another may be from it: 0 is the same, 1 has nothing of it. */
const STRENGTH = 0.6;

const PICTURE = ['references'] as const;

/** Of the pictures that are painted over, or upscaled by what goes by words. */
const EDITED: PixelLimits = { minSide: 64, maxPixels: 9_437_184 };

/** What an endpoint takes: no field is sent to one that does not know it. */
interface Endpoint {
  readonly abilities: readonly Ability[];
  /** Its fields are `prompt`, `negative_prompt` and `seed`, or none of them. */
  readonly takesWords: boolean;
  /** What it takes of the picture that it works on; absent where it draws one, in a ratio. */
  readonly worksOn?: PixelLimits;
  /** Fields that go along when a picture is made from another. */
  readonly fromPicture?: Readonly<Record<string, string | number>>;
}

/** The endpoints (platform.stability.ai/docs/api-reference), some with what tells one model from another. */
const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/v2beta/stable-image/generate/core': { abilities: [], takesWords: true },
  '/v2beta/stable-image/generate/ultra': {
    abilities: PICTURE,
    takesWords: true,
    fromPicture: { strength: STRENGTH },
  },
  '/v2beta/stable-image/generate/sd3?model=sd3.5-large': {
    abilities: PICTURE,
    takesWords: true,
    fromPicture: { mode: 'image-to-image', strength: STRENGTH },
  },
  '/v2beta/stable-image/upscale/fast': {
    abilities: PICTURE,
    takesWords: false,
    worksOn: { minSide: 32, maxSide: 1_536, maxPixels: 1_048_576 },
  },
  '/v2beta/stable-image/upscale/conservative': { abilities: PICTURE, takesWords: true, worksOn: EDITED },
  '/v2beta/stable-image/edit/remove-background': {
    abilities: ['references', 'transparent'],
    takesWords: false,
    // Its reference has also said 9,437,184; the smaller one is safe with both.
    worksOn: { minSide: 64, maxPixels: 4_194_304 },
  },
  '/v2beta/stable-image/edit/inpaint': { abilities: ['references', 'mask'], takesWords: true, worksOn: EDITED },
};

export function abilitiesOf(path: string): readonly Ability[] | null {
  return endpointOf(path)?.abilities ?? null;
}

/** A paid call: its path, without a query, and its form. */
export interface Input {
  readonly path: string;
  readonly form: FormData;
}

/**
 * The paid call of a request, with the fields that its endpoint knows and no others. Masks are white where it paints, as
 * ours are. A picture to work on that is too large, or too small, for the endpoint is scaled into what it takes.
 * @throws ProviderFault before anything is sent: `model_gone` for a path that is not known, `invalid_input` for what it
 *   does not take.
 */
export async function toInput({ route, settings, size, references, mask }: ProviderRequest): Promise<Input> {
  const endpoint = endpointOf(route.path);
  if (!endpoint) throw notSent('model_gone', `no fields known for ${route.path}`);
  const { worksOn, takesWords, abilities, fromPicture } = endpoint;
  const [path = '', query] = route.path.split('?');
  const [picture] = references;
  if (abilities.includes('mask') && !mask) throw notSent('invalid_input', `no mask for ${path}`);
  const fields = {
    ...Object.fromEntries(new URLSearchParams(query)),
    ...(takesWords && {
      prompt: settings.prompt,
      negative_prompt: settings.negativePrompt,
      seed: settings.seed,
    }),
    output_format: 'png',
  };
  if (worksOn) {
    if (!picture) throw notSent('invalid_input', `no picture for ${path}`);
    const image = await scaledInto(picture, worksOn);
    if (!image) throw notSent('invalid_input', `the picture is too long and narrow for ${path}`);
    const fitted = mask && image !== picture ? await sizedAs(mask, image) : mask;
    return { path, form: formOf(fields, { image, ...(fitted && { mask: fitted }) }) };
  }
  if (settings.size.kind !== 'ratio' || !size) throw notSent('invalid_input', `no ratio for ${path}`);
  if (!picture) return { path, form: formOf({ ...fields, aspect_ratio: settings.size.ratio }, {}) };
  // Made from a picture, the result has its shape, and a ratio would be refused.
  const image: InputImage = await sizedAs(picture, size);
  return { path, form: formOf({ ...fields, ...fromPicture }, { image }) };
}

function endpointOf(path: string): Endpoint | undefined {
  return Object.hasOwn(ENDPOINTS, path) ? ENDPOINTS[path] : undefined;
}
