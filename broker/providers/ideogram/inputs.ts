import { FormData } from 'undici';
import { blackMask } from '../mask.ts';
import { type Ability, type InputImage, ProviderFault, type ProviderRequest } from '../provider.ts';

const GENERATE = '/v1/ideogram-v3/generate';
const INPAINT = '/v1/ideogram-v3/inpaint';
/** Not a path of the catalogue: where a transparent background is wanted, the picture is made here. */
const TRANSPARENT = '/v1/ideogram-v3/generate-transparent';

/** The paths of the catalogue that are spoken here, with what they can do. */
export const PATHS: Readonly<Record<string, readonly Ability[]>> = {
  [GENERATE]: ['references', 'transparent'],
  [INPAINT]: ['references', 'mask'],
};

/** What all pictures of one kind, and the one to edit, may weigh together, in bytes. */
const MOST_BYTES = 10 * 1024 * 1024;

/** A paid call. */
export interface Input {
  readonly path: string;
  readonly form: FormData;
}

/**
 * The paid call of a request, with the fields that its endpoint knows and no others (Ideogram's OpenAPI document:
 * `POST /v1/ideogram-v3/generate`, `…/generate-transparent`, `…/inpaint`).
 * @throws ProviderFault before anything is sent: `model_gone` for a path that is not on the list, `invalid_input` for
 *   what the endpoint does not take.
 */
export async function toInput(request: ProviderRequest): Promise<Input> {
  const { route, settings, references, mask } = request;
  if (!Object.hasOwn(PATHS, route.path)) throw refusal('model_gone', `no fields known for ${route.path}`);
  if (references.reduce((sum, { bytes }) => sum + bytes.length, 0) > MOST_BYTES) {
    throw refusal('invalid_input', 'the pictures are larger than 10 MB');
  }
  if (route.path === INPAINT) return inpaint(request);
  if (mask) throw refusal('invalid_input', 'a mask where none is taken');
  const { transparent = false, size } = settings;
  if (size.kind !== 'ratio') throw refusal('invalid_input', 'no aspect ratio');
  if (transparent && references.length > 0) {
    throw refusal('invalid_input', 'a transparent picture is not made by the style of others');
  }
  const form = formOf({
    ...common(request),
    aspect_ratio: size.ratio.replace(':', 'x'),
    negative_prompt: settings.negativePrompt,
  });
  attach(form, 'style_reference_images', references);
  return { path: transparent ? TRANSPARENT : GENERATE, form };
}

/** The first picture is painted over, in its own shape; others lend their style. */
async function inpaint(request: ProviderRequest): Promise<Input> {
  const { settings, references, mask, size } = request;
  const [picture, ...styles] = references;
  if (!picture || !mask) throw refusal('invalid_input', 'a picture and a mask are needed');
  if (settings.transparent) throw refusal('invalid_input', 'what is painted over is not transparent');
  if (settings.negativePrompt) throw refusal('invalid_input', 'what is painted over has no negative prompt');
  // It comes back in the shape of the picture: another one would be paid for and then found to be wrong.
  if (size && Math.abs(Math.log(picture.width / picture.height / (size.width / size.height))) > Math.log(1.05)) {
    throw refusal('invalid_input', 'the picture has another aspect ratio');
  }
  const form = formOf(common(request));
  attach(form, 'image', [picture]);
  attach(form, 'mask', [{ ...mask, bytes: await blackMask(mask), contentType: 'image/png' }]);
  attach(form, 'style_reference_images', styles);
  return { path: INPAINT, form };
}

function common({ settings: { prompt, count, seed, quality } }: ProviderRequest) {
  return { prompt, num_images: count, seed, rendering_speed: quality };
}

/** Fields without a value are left out. */
function formOf(fields: Readonly<Record<string, string | number | undefined>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== '') form.append(name, String(value));
  }
  return form;
}

function attach(form: FormData, field: string, pictures: readonly InputImage[]): void {
  pictures.forEach(({ bytes, contentType }, index) => {
    const name = `${field}-${index}.${contentType === 'image/png' ? 'png' : 'jpg'}`;
    form.append(field, new Blob([new Uint8Array(bytes)], { type: contentType }), name);
  });
}

function refusal(reason: 'model_gone' | 'invalid_input', cause: string): ProviderFault {
  return new ProviderFault(reason, { cause, outcomeUnknown: false });
}
