import type { FormData } from 'undici';
import { lighterThan, shapedAs, sizedAs } from '../fit-picture.ts';
import { formOf } from '../form.ts';
import { blackMask } from '../mask.ts';
import type { Ability, InputImage, ProviderRequest } from '../provider.ts';
import { notSent } from '../refusal.ts';

const GENERATE = '/v1/ideogram-v3/generate';
const GENERATE_4 = '/v1/ideogram-v4/generate';
const INPAINT = '/v1/ideogram-v3/inpaint';
/** Not a path of the catalogue: where a transparent background is wanted, the picture is made here. */
const TRANSPARENT = '/v1/ideogram-v3/generate-transparent';

/** The paths of the catalogue that are spoken here, with what they can do. */
export const PATHS: Readonly<Record<string, readonly Ability[]>> = {
  [GENERATE]: ['references', 'transparent'],
  [INPAINT]: ['references', 'mask'],
  [GENERATE_4]: [],
};

/** What the picture to edit, and all that lend their style together, may weigh, in bytes. */
const MOST_BYTES = 10 * 1024 * 1024;

/** How far the shape of a picture may be from what was asked for, as a logarithm. */
const SAME_SHAPE = Math.log(1.03);

/** A paid call. */
export interface Input {
  readonly path: string;
  readonly form: FormData;
}

/**
 * The paid call of a request, with the fields that its endpoint knows and no others (Ideogram's OpenAPI document:
 * `POST /v1/ideogram-v3/generate`, `…/generate-transparent`, `…/inpaint`, `/v1/ideogram-v4/generate`).
 * @throws ProviderFault before anything is sent: `model_gone` for a path that is not on the list, `invalid_input` for
 *   what the endpoint does not take.
 */
export async function toInput(request: ProviderRequest): Promise<Input> {
  const { route, references, mask } = request;
  if (!Object.hasOwn(PATHS, route.path)) throw notSent('model_gone', `no fields known for ${route.path}`);
  if (route.path === INPAINT) return inpaint(request);
  if (mask) throw notSent('invalid_input', 'a mask where none is taken');
  if (route.path !== GENERATE_4) return generate(request);
  if (references.length > 0) throw notSent('invalid_input', 'pictures where none are taken');
  return generate4(request);
}

async function generate({ settings, references }: ProviderRequest): Promise<Input> {
  const { transparent = false, size, negativePrompt } = settings;
  if (size.kind !== 'ratio') throw notSent('invalid_input', 'no aspect ratio');
  if (transparent && references.length > 0) {
    throw notSent('invalid_input', 'a transparent picture is not made by the style of others');
  }
  const fields = {
    ...common(settings),
    prompt: settings.prompt,
    aspect_ratio: size.ratio.replace(':', 'x'),
    negative_prompt: negativePrompt,
  };
  const form = formOf(fields, { style_reference_images: await styles(references) });
  return { path: transparent ? TRANSPARENT : GENERATE, form };
}

/** It makes one picture, in one of a list of sizes of about four megapixels, and chooses the seed. */
function generate4({ settings, size }: ProviderRequest): Input {
  if (!size) throw notSent('invalid_input', 'no size');
  const { prompt, quality } = settings;
  const fields = { text_prompt: prompt, resolution: `${size.width}x${size.height}`, rendering_speed: quality };
  return { path: GENERATE_4, form: formOf(fields, {}) };
}

/** The first picture is painted over and comes back in its own shape; others lend their style. */
async function inpaint({ settings, references: [picture, ...others], mask, size }: ProviderRequest): Promise<Input> {
  if (!picture || !mask) throw notSent('invalid_input', 'a picture and a mask are needed');
  if (settings.transparent) throw notSent('invalid_input', 'what is painted over is not transparent');
  if (settings.negativePrompt) throw notSent('invalid_input', 'what is painted over has no negative prompt');
  const isShaped =
    !size || Math.abs(Math.log(picture.width / picture.height / (size.width / size.height))) < SAME_SHAPE;
  const shaped = isShaped ? picture : await shapedAs(picture, size);
  const image = await lighterThan(shaped, MOST_BYTES);
  const cut = isShaped ? mask : await shapedAs(mask, size);
  const fitted = cut.width === image.width && cut.height === image.height ? cut : await sizedAs(cut, image);
  const form = formOf(
    { ...common(settings), prompt: settings.prompt },
    {
      image,
      mask: { bytes: await blackMask(fitted), contentType: 'image/png' },
      style_reference_images: await styles(others),
    },
  );
  return { path: INPAINT, form };
}

function common({ count, seed, quality }: ProviderRequest['settings']) {
  // One is what it makes where nothing is said.
  return { num_images: count > 1 ? count : undefined, seed, rendering_speed: quality };
}

function styles(pictures: readonly InputImage[]): Promise<InputImage[]> {
  return Promise.all(pictures.map((picture) => lighterThan(picture, MOST_BYTES / pictures.length)));
}
