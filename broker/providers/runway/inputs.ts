import { dataUri } from '../data-uri.ts';
import { lighterThan, shapedAs } from '../fit-picture.ts';
import type { Ability, InputImage, ProviderRequest } from '../provider.ts';
import { notSent } from '../refusal.ts';

/** A paid call: where it goes and what it says. */
interface PaidCall {
  readonly endpoint: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a data URI may weigh: "up to 5 MB" of base64, which is four bytes for three. */
const MAX_BYTES = (5_000_000 / 4) * 3 - 100;

const ratio = ({ size }: ProviderRequest) => size && `${size.width}:${size.height}`;

async function uriOf(image: InputImage): Promise<string> {
  return dataUri(await lighterThan(image, MAX_BYTES));
}

/** The fields that each model knows, and no other (npm @runwayml/sdk 4.20.1). */
const MODELS = new Map<string, (request: ProviderRequest) => Promise<PaidCall>>([
  [
    'gen4_image',
    async (request) => {
      const { settings, references } = request;
      const images = await Promise.all(references.map(async (image) => ({ uri: await uriOf(image) })));
      return {
        endpoint: '/v1/text_to_image',
        body: {
          promptText: settings.prompt,
          ratio: ratio(request),
          seed: settings.seed,
          referenceImages: images.length > 0 ? images : undefined,
        },
      };
    },
  ],
  [
    'gen4_turbo',
    async (request) => {
      const { settings, references, size } = request;
      const [picture] = references;
      // It is the film's first picture, so it takes the film's shape.
      const start = picture && size ? await shapedAs(picture, size) : picture;
      return {
        endpoint: '/v1/image_to_video',
        body: {
          promptImage: start && (await uriOf(start)),
          promptText: settings.prompt || undefined,
          ratio: ratio(request),
          duration: settings.duration,
          seed: settings.seed,
        },
      };
    },
  ],
]);

/** What the adapter can do with a model; null when it does not know it. */
export function abilitiesOn(model: string): readonly Ability[] | null {
  return MODELS.has(model) ? ['references'] : null;
}

/**
 * The paid call for a request.
 * @throws ProviderFault `model_gone` for a model that is not on the list: nothing is sent that is not understood.
 */
export async function toCall(request: ProviderRequest): Promise<PaidCall> {
  const { path: model } = request.route;
  const make = MODELS.get(model);
  if (!make) throw notSent('model_gone', `no fields known for ${model}`);
  const { endpoint, body } = await make(request);
  return { endpoint, body: { model, ...body } };
}
