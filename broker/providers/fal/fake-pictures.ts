import sharp from 'sharp';
import { type Pixels, parseRatio } from '../../../shared/catalogue/size.ts';
import type { FakeJob } from '../fake-jobs.ts';
import { sizeOfShape } from '../fake-size.ts';

/** Videos are small: only their shape is looked at. */
const VIDEO_PIXELS = 65_536;

/** The field in which a job's result comes: several pictures, the one of a utility, or a video. */
export function resultField({ path }: FakeJob): 'images' | 'image' | 'video' {
  if (/video|veo|hailuo|ltx/.test(path) || /^minimax\/h3/.test(path)) return 'video';
  return /upscale|background/.test(path) ? 'image' : 'images';
}

/** How many pictures a job makes. */
export function pictureCount({ input, prompt }: FakeJob): number {
  const asked = Number(input.num_images ?? 1);
  return prompt.includes('__partial__') ? Math.max(1, asked - 1) : asked;
}

/** How long a job's video is, in seconds; undefined for pictures. */
export function videoLength(job: FakeJob): number | undefined {
  return resultField(job) === 'video' ? Number.parseInt(String(job.input.duration ?? '6'), 10) : undefined;
}

export function fileFormat(job: FakeJob): 'png' | 'jpeg' | 'mp4' {
  if (resultField(job) === 'video') return 'mp4';
  return job.input.output_format === 'jpeg' ? 'jpeg' : 'png';
}

const PRESETS: Record<string, Pixels> = {
  square_hd: { width: 1_024, height: 1_024 },
  square: { width: 512, height: 512 },
  portrait_4_3: { width: 768, height: 1_024 },
  portrait_16_9: { width: 576, height: 1_024 },
  landscape_4_3: { width: 1_024, height: 768 },
  landscape_16_9: { width: 1_024, height: 576 },
};

/**
 * The size that a job's result has: exact pixels, a named size, that of the picture that went in, or a resolution in a
 * ratio (rounded as Google does).
 */
export async function pictureSize(job: FakeJob): Promise<Pixels> {
  const { image_size: size, upscale_factor: factor, aspect_ratio: ratio, resolution } = job.input;
  if (typeof size === 'object' && size !== null && 'width' in size && 'height' in size) {
    return { width: Number(size.width), height: Number(size.height) };
  }
  if (typeof size === 'string') return PRESETS[size] ?? { width: 1_024, height: 1_024 };
  const isVideo = resultField(job) === 'video';
  const source = job.input.image_url ?? job.input.start_image_url;
  if (typeof source === 'string' && ratio === undefined) {
    const { width, height } = await sharp(Buffer.from(source.split(',')[1] ?? '', 'base64')).metadata();
    if (isVideo) return sizeOfShape(width / height, VIDEO_PIXELS, 2);
    return { width: width * Number(factor ?? 1), height: height * Number(factor ?? 1) };
  }
  const shape = parseRatio(String(ratio ?? (isVideo ? '16:9' : '1:1')));
  if (isVideo) return sizeOfShape(shape, VIDEO_PIXELS, 2);
  const side = { '1K': 1_024, '2K': 2_048, '4K': 4_096 }[String(resolution ?? '1K').toUpperCase()] ?? 1_024;
  return sizeOfShape(shape, side * side, 32);
}
