import type { Ability, InputImage, ProviderRequest } from '../provider.ts';
import { notSent } from '../refusal.ts';

/** What a model of BFL's takes. */
interface Fields {
  readonly abilities: readonly Ability[];
  input(request: ProviderRequest): Readonly<Record<string, unknown>>;
}

const base64 = ({ bytes }: InputImage) => Buffer.from(bytes).toString('base64');

/** `input_image`, `input_image_2`, … */
function inputImages(references: readonly InputImage[]) {
  return Object.fromEntries(
    references.map((image, index) => [index === 0 ? 'input_image' : `input_image_${index + 1}`, base64(image)]),
  );
}

const exact = ({ size }: ProviderRequest) => ({ width: size?.width, height: size?.height });

const ratio = ({ settings: { size } }: ProviderRequest) => ({
  aspect_ratio: size.kind === 'ratio' ? size.ratio : undefined,
});

const drawn = ({ settings: { prompt, seed } }: ProviderRequest) => ({ prompt, seed, output_format: 'png' });

const flux2: Fields = {
  abilities: ['references'],
  input: (request) => ({ ...drawn(request), ...exact(request), ...inputImages(request.references) }),
};

const kontext: Fields = {
  abilities: ['references'],
  input: (request) => ({ ...drawn(request), ...ratio(request), ...inputImages(request.references) }),
};

/** FLUX 1.1 goes by one picture, as by words. */
const imagePrompt = ({ references: [image] }: ProviderRequest) => ({ image_prompt: image && base64(image) });

/** The fields that each path knows, and no other (openapi.json, 2026-05). Fields without a value are left out. */
const FIELDS: Readonly<Record<string, Fields>> = {
  '/v1/flux-2-pro': flux2,
  '/v1/flux-2-max': flux2,
  '/v1/flux-2-flex': flux2,
  '/v1/flux-2-klein-9b': flux2,
  '/v1/flux-2-klein-4b': flux2,
  '/v1/flux-kontext-pro': kontext,
  '/v1/flux-kontext-max': kontext,
  '/v1/flux-pro-1.1-ultra': {
    abilities: ['references'],
    input: (request) => ({ ...drawn(request), ...ratio(request), ...imagePrompt(request) }),
  },
  '/v1/flux-pro-1.1': {
    abilities: ['references'],
    input: (request) => ({ ...drawn(request), ...exact(request), ...imagePrompt(request) }),
  },
  '/v1/flux-pro-1.0-fill': {
    abilities: ['references', 'mask'],
    // Its mask is as ours: white is painted.
    input: (request) => ({
      ...drawn(request),
      image: request.references[0] && base64(request.references[0]),
      mask: request.mask && base64(request.mask),
    }),
  },
};

/** What the adapter can do on a path; null when it does not know it. */
export function abilitiesOn(path: string): readonly Ability[] | null {
  return (Object.hasOwn(FIELDS, path) && FIELDS[path]?.abilities) || null;
}

/**
 * The body of the paid call.
 * @throws ProviderFault `model_gone` for a path that is not on the list: nothing is sent that is not understood.
 */
export function toInput(request: ProviderRequest): Record<string, unknown> {
  const { path } = request.route;
  const fields = Object.hasOwn(FIELDS, path) ? FIELDS[path] : undefined;
  if (!fields) throw notSent('model_gone', `no fields known for ${path}`);
  return Object.fromEntries(
    Object.entries(fields.input(request)).filter(([, value]) => value !== undefined && value !== null),
  );
}
