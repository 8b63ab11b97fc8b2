import { dataUri } from '../data-uri.ts';
import { lighterThan } from '../fit-picture.ts';
import type { InputImage, ProviderRequest } from '../provider.ts';
import { notSent } from '../refusal.ts';

/** The fields that one endpoint is sent. Those without a value are left out. */
export type Fields = Readonly<Record<string, unknown>>;

/** Turns a request into the fields of one endpoint. */
export type Input = (request: ProviderRequest) => Fields | Promise<Fields>;

/** A part that says more than one thing, or the whole. */
export function fields(...parts: readonly Input[]): Input {
  return async (request) => Object.assign({}, ...(await Promise.all(parts.map((part) => part(request)))));
}

/** Endpoints by what goes into them. */
export interface Inputs {
  readonly words: Readonly<Record<string, Input>>;
  readonly pictures: Readonly<Record<string, Input>>;
  readonly masks: Readonly<Record<string, Input>>;
}

export const words = ({ settings: { prompt } }: ProviderRequest) => ({ prompt });
export const avoided = ({ settings }: ProviderRequest) => ({ negative_prompt: settings.negativePrompt });
export const seed = ({ settings }: ProviderRequest) => ({ seed: settings.seed });
export const count = ({ settings }: ProviderRequest) => ({ num_images: settings.count });

export const png = () => ({ output_format: 'png' });

/** Exact pixels. @throws ProviderFault where there are none: what is priced by them is not left to the model. */
export function exact({ size, route }: ProviderRequest) {
  if (!size) throw notSent('invalid_input', `no size for ${route.path}`);
  return { image_size: { width: size.width, height: size.height } };
}

const PRESETS: Readonly<Record<string, string>> = {
  '1:1': 'square_hd',
  '4:3': 'landscape_4_3',
  '3:4': 'portrait_4_3',
  '16:9': 'landscape_16_9',
  '9:16': 'portrait_16_9',
};

/** One of five shapes of about a megapixel. */
export const preset = ({ settings: { size } }: ProviderRequest) => ({
  image_size: size.kind === 'ratio' ? PRESETS[size.ratio] : undefined,
});

export const aspectRatio = ({ settings: { size } }: ProviderRequest) => ({
  aspect_ratio: size.kind === 'ratio' ? size.ratio : undefined,
});

export const resolution = ({ settings: { size } }: ProviderRequest) => ({
  resolution: size.kind === 'pixels' ? undefined : size.tier,
});

/** What a picture that goes in may weigh, in bytes: Seedream, Qwen and Kling take no more. */
const MAX_BYTES = 10_000_000;

/**
 * The addresses of pictures to go by.
 * @param maxBytes what each may weigh.
 */
export async function urlsOf(images: readonly InputImage[], maxBytes = MAX_BYTES): Promise<string[] | undefined> {
  if (images.length === 0) return undefined;
  return Promise.all(images.map(async (image) => dataUri(await lighterThan(image, maxBytes))));
}

export const imageUrls = async ({ references }: ProviderRequest) => ({ image_urls: await urlsOf(references) });

export const firstImage = ({ references: [image] }: ProviderRequest) => ({ image_url: urlOf(image) });

/** A picture's address, where there is one. */
export const urlOf = (image: InputImage | null | undefined) => (image ? dataUri(image) : undefined);
