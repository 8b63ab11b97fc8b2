import { shapedAs } from '../fit-picture.ts';
import type { ProviderRequest } from '../provider.ts';
import {
  aspectRatio,
  avoided,
  fields,
  type Input,
  type Inputs,
  imageUrls,
  resolution,
  seed,
  urlsOf,
  words,
} from './fields.ts';

/** Lengths are strings, except where a number is said; only Veo's have a unit. */
const length = ({ settings: { duration } }: ProviderRequest) => ({
  duration: duration === undefined ? undefined : String(duration),
});
const veoLength = ({ settings: { duration } }: ProviderRequest) => ({
  duration: duration === undefined ? undefined : `${duration}s`,
});
const number = ({ settings: { duration } }: ProviderRequest) => ({ duration });

/** Sound may cost more, and most make it where nothing is said: so it is said. */
const chosenSound = ({ settings: { audio } }: ProviderRequest) => ({ generate_audio: audio ?? false });
const sound = () => ({ generate_audio: true });

/** The film's first picture, and its last where that has a field: in the film's shape, which it takes from them. */
function frames(first: string, last?: string): Input {
  return async ({ references, size }) => {
    const shaped = references.map((image) => (size ? shapedAs(image, size) : image));
    const [start, end] = (await urlsOf(await Promise.all(shaped))) ?? [];
    return { [first]: start, ...(last && { [last]: end }) };
  };
}

const startImage = frames('image_url');

const veo = fields(words, aspectRatio, resolution, veoLength, chosenSound, seed, avoided);
const kling3 = fields(words, length, chosenSound, avoided);
const kling3Frames = fields(kling3, frames('start_image_url', 'end_image_url'));
const klingTurbo = fields(words, aspectRatio, length);
const klingO3 = fields(words, aspectRatio, length, chosenSound);
const kling25 = fields(words, length, avoided);
const seedance = fields(words, aspectRatio, resolution, length, sound);
const wan = fields(words, resolution, length, seed, avoided);
const ltx = fields(words, resolution, length, sound);
const grok = fields(words, resolution, number);
const pixverse = fields(words, resolution, length, seed, avoided, ({ settings: { audio } }) => ({
  generate_audio_switch: audio ?? false,
}));

// Its resolutions have capitals.
const h3 = fields(words, aspectRatio, number, (request) => ({
  resolution: resolution(request).resolution?.toUpperCase(),
}));

/** The endpoints that film. */
export const VIDEOS: Inputs = {
  words: {
    'fal-ai/veo3.1': veo,
    'fal-ai/kling-video/v3/pro/text-to-video': fields(kling3, aspectRatio),
    'fal-ai/kling-video/v3/standard/text-to-video': fields(kling3, aspectRatio),
    'fal-ai/kling-video/v3/turbo/standard/text-to-video': klingTurbo,
    'fal-ai/kling-video/v3/turbo/pro/text-to-video': klingTurbo,
    'fal-ai/kling-video/o3/standard/text-to-video': klingO3,
    'fal-ai/kling-video/o3/pro/text-to-video': klingO3,
    'fal-ai/kling-video/v2.5-turbo/pro/text-to-video': fields(kling25, aspectRatio),
    'bytedance/seedance-2.5/text-to-video': seedance,
    'bytedance/seedance-2.0/text-to-video': seedance,
    'bytedance/seedance-2.0/fast/text-to-video': seedance,
    'bytedance/seedance-2.0/mini/text-to-video': seedance,
    'fal-ai/minimax/hailuo-2.3/standard/text-to-video': fields(words, length),
    'fal-ai/minimax/hailuo-2.3/pro/text-to-video': words,
    'minimax/h3/text-to-video': h3,
    'fal-ai/wan/v2.7/text-to-video': fields(wan, aspectRatio),
    'fal-ai/ltx-2/text-to-video': ltx,
    'fal-ai/ltx-2/text-to-video/fast': ltx,
    'xai/grok-imagine-video/text-to-video': grok,
    'fal-ai/pixverse/v5.5/text-to-video': pixverse,
  },
  pictures: {
    'fal-ai/veo3.1/image-to-video': fields(veo, startImage),
    'google/gemini-omni-flash/image-to-video': fields(words, number, startImage),
    'fal-ai/kling-video/v3/pro/image-to-video': kling3Frames,
    'fal-ai/kling-video/v3/standard/image-to-video': kling3Frames,
    'fal-ai/kling-video/v2.5-turbo/pro/image-to-video': fields(kling25, frames('image_url', 'tail_image_url')),
    'bytedance/seedance-2.5/reference-to-video': fields(seedance, imageUrls),
    'bytedance/seedance-2.0/reference-to-video': fields(seedance, imageUrls),
    'bytedance/seedance-2.0/fast/image-to-video': fields(seedance, startImage),
    'bytedance/seedance-2.0/mini/image-to-video': fields(seedance, startImage),
    'fal-ai/minimax/hailuo-2.3/standard/image-to-video': fields(words, length, startImage),
    'fal-ai/minimax/hailuo-2.3/pro/image-to-video': fields(words, startImage),
    'minimax/h3/reference-to-video': fields(h3, async ({ references }) => ({
      reference_image_urls: await urlsOf(references),
    })),
    'fal-ai/wan/v2.7/image-to-video': fields(wan, startImage),
    'fal-ai/ltx-2/image-to-video': fields(ltx, startImage),
    'fal-ai/ltx-2/image-to-video/fast': fields(ltx, startImage),
    'xai/grok-imagine-video/image-to-video': fields(grok, startImage),
    'fal-ai/pixverse/v5.5/image-to-video': fields(pixverse, startImage),
  },
  masks: {},
};
