import { opaque, sizedAs } from '../fit-picture.ts';
import { blackMask } from '../mask.ts';
import type { InputImage, ProviderRequest } from '../provider.ts';
import {
  aspectRatio,
  avoided,
  count,
  exact,
  fields,
  firstImage,
  type Inputs,
  imageUrls,
  png,
  preset,
  resolution,
  seed,
  urlOf,
  urlsOf,
  words,
} from './fields.ts';
import { holedMask } from './holed-mask.ts';

const flux2 = fields(words, exact, seed, png);

// Billed per picture made: `max_images` would let one run make several.
const seedream = fields(words, exact, count, () => ({ max_images: 1 }));
const seedreamPro = fields(words, exact, count, png);

// `limit_generations` keeps a prompt that asks for "four pictures" from being billed four times.
const nanoBanana = fields(words, aspectRatio, resolution, count, seed, png, () => ({ limit_generations: true }));

const open = fields(words, exact, count, seed, png);

const speed = ({ settings }: ProviderRequest) => ({ rendering_speed: settings.quality });

const gpt = fields(words, exact, count, png, ({ settings }) => ({ quality: settings.quality }));

// What it takes by itself, `medium`, costs half as much again as the price of a size.
const grok = fields(words, aspectRatio, count, png, (request) => ({
  resolution: resolution(request).resolution?.toLowerCase(),
  quality: 'low',
}));

/** Pictures that lend their style: "maximum total size 10MB across all style references" (fal's `llms.txt` of the model). */
const styleUrls = async (pictures: readonly InputImage[]) => ({
  image_urls: await urlsOf(pictures, 10_000_000 / pictures.length),
});

/** A picture that goes in, where what comes out is as large: so it is made as large as was asked. */
async function sized(image: InputImage | null | undefined, { size }: ProviderRequest) {
  return image && size ? sizedAs(image, size) : image;
}

/** The endpoints that draw. Masks are white where they paint, unless a line says otherwise. */
export const IMAGES: Inputs = {
  words: {
    'bytedance/seedream/v5/lite/text-to-image': seedream,
    'bytedance/seedream/v5/pro/text-to-image': seedreamPro,
    'fal-ai/bytedance/seedream/v4/text-to-image': fields(seedream, seed),
    'fal-ai/nano-banana-pro': nanoBanana,
    'google/nano-banana-2-lite': fields(words, aspectRatio, count, png),
    'fal-ai/flux-2-pro': flux2,
    'fal-ai/flux-2-max': flux2,
    'fal-ai/flux-2-flex': flux2,
    'fal-ai/flux-2/flash': open,
    'fal-ai/flux/schnell': open,
    'fal-ai/flux/dev': open,
    'openai/gpt-image-2': gpt,
    // Rewriting the words has a price of its own, so it is turned off. The middle speed is Ideogram's DEFAULT.
    'ideogram/v4': fields(words, preset, count, seed, png, ({ settings: { quality } }) => ({
      rendering_speed: quality === 'DEFAULT' ? 'BALANCED' : quality,
      expansion_model: 'None',
    })),
    'fal-ai/recraft/v4.1/text-to-image': fields(words, preset),
    'fal-ai/qwen-image': fields(open, avoided),
    'alibaba/qwen-image-3/text-to-image': fields(open, avoided),
    'fal-ai/z-image/turbo': open,
    'xai/grok-imagine-image/v2.0/text-to-image': grok,
    'fal-ai/wan/v2.7/text-to-image': fields(words, preset, avoided, seed, () => ({ max_images: 1 })),
  },
  pictures: {
    'bytedance/seedream/v5/lite/edit': fields(seedream, imageUrls),
    'bytedance/seedream/v5/pro/edit': fields(seedreamPro, imageUrls),
    'fal-ai/bytedance/seedream/v4/edit': fields(seedream, seed, imageUrls),
    'fal-ai/nano-banana-pro/edit': fields(nanoBanana, imageUrls),
    'fal-ai/flux-2-pro/edit': fields(flux2, imageUrls),
    'fal-ai/flux-2-max/edit': fields(flux2, imageUrls),
    'fal-ai/flux-2-flex/edit': fields(flux2, imageUrls),
    'fal-ai/flux/dev/image-to-image': fields(words, count, seed, png, async (request) => ({
      image_url: urlOf(await sized(request.references[0], request)),
    })),
    'fal-ai/ideogram/v3': fields(words, preset, speed, avoided, count, seed, ({ references }) => styleUrls(references)),
    'fal-ai/qwen-image-edit': fields(open, avoided, firstImage),
    // "PNG without alpha, sides of 384 to 2048 px" (its llms.txt, 2026-08).
    'alibaba/qwen-image-3/edit': fields(open, avoided, async ({ references }) => ({
      image_urls: await urlsOf(await Promise.all(references.map((image) => opaque(image, 2_048)))),
    })),
    'fal-ai/z-image/turbo/image-to-image': fields(open, firstImage),
    'xai/grok-imagine-image/v2.0/edit': fields(grok, imageUrls),
    'fal-ai/hunyuan-image/v3/instruct/edit': fields(open, imageUrls),
    'fal-ai/kling-image/o1': fields(words, resolution, count, png, imageUrls),
    'fal-ai/topaz/upscale/image': fields(firstImage, png, ({ settings }) => ({ upscale_factor: settings.factor })),
    'fal-ai/seedvr/upscale/image': fields(firstImage, seed, png, ({ settings }) => ({
      upscale_mode: 'factor',
      upscale_factor: settings.factor,
    })),
    'fal-ai/clarity-upscaler': fields(firstImage, words, avoided, seed, ({ settings }) => ({
      upscale_factor: settings.factor,
    })),
    'fal-ai/bria/background/remove': firstImage,
  },
  masks: {
    // The mask is as large as the first picture, so that stays as it is; OpenAI takes 50 MB.
    'openai/gpt-image-2/edit': fields(gpt, async ({ references, mask }) => ({
      image_urls: references.map(urlOf),
      mask_url: urlOf(mask && (await holedMask(mask))),
    })),
    // It hands the mask to Ideogram, which paints where it is black (developer.ideogram.ai "Masked edits").
    'fal-ai/ideogram/v3/edit': fields(words, speed, count, seed, async (request) => {
      const [first, ...styles] = request.references;
      const [picture, mask] = await Promise.all([sized(first, request), sized(request.mask, request)]);
      return {
        image_url: urlOf(picture),
        mask_url: urlOf(mask && { ...mask, bytes: await blackMask(mask) }),
        ...(await styleUrls(styles)),
      };
    }),
    'fal-ai/qwen-image-edit/inpaint': fields(open, avoided, firstImage, ({ mask }) => ({ mask_url: urlOf(mask) })),
    'fal-ai/z-image/turbo/inpaint': fields(open, firstImage, ({ mask }) => ({ mask_image_url: urlOf(mask) })),
  },
};
