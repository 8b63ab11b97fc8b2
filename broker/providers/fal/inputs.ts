import type { Settings } from '../../../shared/catalogue/settings.ts';
import type { Pixels } from '../../../shared/catalogue/size.ts';
import { ProviderFault, type ProviderRequest } from '../provider.ts';

/** Turns settings into the fields of one model. */
type Input = (settings: Settings, size: Pixels) => Readonly<Record<string, unknown>>;

/** The size fields that models take: exact pixels, a ratio with a resolution, or one of five names. */
const exact = ({ width, height }: Pixels) => ({ image_size: { width, height } });

const PRESETS: Record<string, string> = {
  '1:1': 'square_hd',
  '4:3': 'landscape_4_3',
  '3:4': 'portrait_4_3',
  '16:9': 'landscape_16_9',
  '9:16': 'portrait_16_9',
};
const preset = ({ size }: Settings) => ({ image_size: size.kind === 'ratio' ? PRESETS[size.ratio] : undefined });

const flux2: Input = ({ prompt, seed }, size) => ({ prompt, ...exact(size), seed, output_format: 'png' });

/**
 * The fields that each endpoint knows, and no other: some refuse what they do not know, others charge for it
 * (@fal-ai/client 1.10.1, endpoints.d.ts; fal.ai/models/…/llms.txt). Fields without a value are left out.
 */
const INPUTS: Readonly<Record<string, Input>> = {
  // Billed per picture made: `max_images` would let one run make several.
  'bytedance/seedream/v5/lite/text-to-image': ({ prompt, count }, size) => ({
    prompt,
    ...exact(size),
    num_images: count,
    max_images: 1,
  }),
  'fal-ai/flux-2-pro': flux2,
  'fal-ai/flux-2-max': flux2,
  'fal-ai/flux-2-flex': flux2,
  // `limit_generations` keeps a prompt that asks for "four pictures" from being billed four times.
  'fal-ai/nano-banana-pro': ({ prompt, size, count, seed }) => ({
    prompt,
    ...(size.kind === 'ratio' && { aspect_ratio: size.ratio, resolution: size.tier }),
    num_images: count,
    limit_generations: true,
    seed,
    output_format: 'png',
  }),
  'fal-ai/ideogram/v3': (settings) => ({
    prompt: settings.prompt,
    ...preset(settings),
    rendering_speed: settings.quality,
    negative_prompt: settings.negativePrompt,
    num_images: settings.count,
    seed: settings.seed,
  }),
  'fal-ai/recraft/v4.1/text-to-image': (settings) => ({ prompt: settings.prompt, ...preset(settings) }),
  'fal-ai/qwen-image': ({ prompt, negativePrompt, count, seed }, size) => ({
    prompt,
    ...exact(size),
    negative_prompt: negativePrompt,
    num_images: count,
    seed,
    output_format: 'png',
  }),
  'fal-ai/z-image/turbo': ({ prompt, count, seed }, size) => ({
    prompt,
    ...exact(size),
    num_images: count,
    seed,
    output_format: 'png',
  }),
  'openai/gpt-image-2': ({ prompt, quality, count }, size) => ({
    prompt,
    ...exact(size),
    quality,
    num_images: count,
    output_format: 'png',
  }),
};

/** The endpoints of fal's that this adapter can speak to. */
export const FAL_PATHS: readonly string[] = Object.keys(INPUTS);

/**
 * The body of the paid call.
 * @throws ProviderFault `model_gone` for an endpoint that is not on the list: nothing is sent that is not understood.
 */
export function toInput({ route, settings, size }: ProviderRequest): Record<string, unknown> {
  const input = Object.hasOwn(INPUTS, route.path) ? INPUTS[route.path] : undefined;
  if (!input)
    throw new ProviderFault('model_gone', { cause: `no fields known for ${route.path}`, outcomeUnknown: false });
  if (!size) throw new ProviderFault('invalid_input', { cause: `no size for ${route.path}`, outcomeUnknown: false });
  return Object.fromEntries(
    Object.entries(input(settings, size)).filter(([, value]) => value !== undefined && value !== ''),
  );
}
