import type { Pixels } from '../../../shared/catalogue/size.ts';
import type { FakeJob } from '../fake-jobs.ts';

/** How many pictures a job makes. */
export function pictureCount({ input, prompt }: FakeJob): number {
  const asked = Number(input.num_images ?? 1);
  return prompt.includes('__partial__') ? Math.max(1, asked - 1) : asked;
}

const PRESETS: Record<string, Pixels> = {
  square_hd: { width: 1_024, height: 1_024 },
  square: { width: 512, height: 512 },
  portrait_4_3: { width: 768, height: 1_024 },
  portrait_16_9: { width: 576, height: 1_024 },
  landscape_4_3: { width: 1_024, height: 768 },
  landscape_16_9: { width: 1_024, height: 576 },
};

/** The size that a job's pictures have: exact pixels, a named size, or a resolution in a ratio (rounded as Google does). */
export function pictureSize({ input }: FakeJob): Pixels {
  const size = input.image_size;
  if (typeof size === 'object' && size !== null && 'width' in size && 'height' in size) {
    return { width: Number(size.width), height: Number(size.height) };
  }
  if (typeof size === 'string') return PRESETS[size] ?? { width: 1_024, height: 1_024 };
  const side = { '1K': 1_024, '2K': 2_048, '4K': 4_096 }[String(input.resolution ?? '1K')] ?? 1_024;
  const [across = 1, down = 1] = String(input.aspect_ratio ?? '1:1')
    .split(':')
    .map(Number);
  const round = (length: number) => Math.round(length / 32) * 32;
  return { width: round(side * Math.sqrt(across / down)), height: round(side * Math.sqrt(down / across)) };
}

export function pictureFormat({ input }: FakeJob): 'png' | 'jpeg' {
  return input.output_format === 'jpeg' ? 'jpeg' : 'png';
}
