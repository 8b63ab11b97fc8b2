import { MAX_SEED, type Settings } from '../../../shared/catalogue/settings.ts';
import type { Pixels } from '../../../shared/catalogue/size.ts';
import { dataUri } from '../data-uri.ts';
import type { ProviderRequest } from '../provider.ts';
import { notSent } from '../refusal.ts';

/** Fields of a picture that not every model knows. */
type Extra = (settings: Settings) => Readonly<Record<string, unknown>>;

const png: Extra = () => ({ output_format: 'png' });

/**
 * Models that draw, one picture per call: `n` is ignored without a word, and a series (`sequential_image_generation`) is
 * the model's own choice of how many; 5.0 Pro and Flash refuse that field, and `stream`, with 400 even where they say
 * no. So neither is ever sent. The format can be chosen from 5.0 on; 4.0 alone takes a seed.
 */
const PICTURES: Readonly<Record<string, Extra>> = {
  'seedream-5-0-260128': png,
  'seedream-5-0-pro-260628': png,
  'seedream-5-0-flash-260915': png,
  'seedream-5-5-261028': png,
  'seedream-4-5-251128': () => ({}),
  'seedream-4-0-250828': ({ seed }) => ({ seed }),
};

/** What several pictures are to a video: from 2.0 on what it shows, before that where it begins and ends. */
const FILMS: Readonly<Record<string, 'cast' | 'ends'>> = {
  'dreamina-seedance-2-5-260628': 'cast',
  'dreamina-seedance-2-0-260128': 'cast',
  'dreamina-seedance-2-0-fast-260128': 'cast',
  'seedance-1-5-pro-251215': 'ends',
};

export const PICTURE_MODELS: readonly string[] = Object.keys(PICTURES);
export const FILM_MODELS: readonly string[] = Object.keys(FILMS);

/**
 * The body for one picture (docs.byteplus.com/en/docs/ModelArk/1541523).
 * @param index which of a batch: each has a seed of its own.
 */
export function toPictureInput({ route, settings, size, references }: ProviderRequest, index: number) {
  if (!size) throw notSent('invalid_input', `no size for ${route.path}`);
  const seed = settings.seed === undefined ? undefined : (settings.seed + index) % (MAX_SEED + 1);
  const [first, ...more] = references.map(dataUri);
  return withoutGaps({
    model: route.path,
    prompt: settings.prompt,
    image: more.length > 0 ? [first, ...more] : first,
    size: sizeOf(size),
    response_format: 'b64_json',
    // Left out, it would stamp "AI generated" on the picture.
    watermark: false,
    ...PICTURES[route.path]?.({ ...settings, ...(seed !== undefined && { seed }) }),
  });
}

/** The body for one video (docs.byteplus.com/en/docs/ModelArk/1520757). One picture is its first frame. */
export function toFilmInput({ route, settings, references, webhookUrl }: ProviderRequest) {
  const { prompt, size, duration, seed, audio } = settings;
  const pictures = references.map((image, index) => ({
    type: 'image_url',
    image_url: { url: dataUri(image) },
    role: roleOf(FILMS[route.path] ?? 'cast', references.length, index),
  }));
  return withoutGaps({
    model: route.path,
    content: [...(prompt ? [{ type: 'text', text: prompt }] : []), ...pictures],
    ratio: size.kind === 'ratio' ? size.ratio : undefined,
    resolution: size.kind === 'pixels' ? undefined : size.tier,
    duration,
    seed,
    generate_audio: audio,
    watermark: false,
    // It does not say that it signs what it sends there: the address is its own secret, and the task is asked about.
    callback_url: webhookUrl ?? undefined,
  });
}

function roleOf(kind: 'cast' | 'ends', count: number, index: number): string {
  if (kind === 'cast' && count > 1) return 'reference_image';
  return index === 0 ? 'first_frame' : 'last_frame';
}

function sizeOf({ width, height }: Pixels): string {
  return `${width}x${height}`;
}

function withoutGaps(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
