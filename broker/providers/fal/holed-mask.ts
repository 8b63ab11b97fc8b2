import sharp from 'sharp';
import type { InputImage } from '../provider.ts';

/**
 * A mask that says the same by its colours and by its holes: what is painted is white and transparent, what is kept is
 * black and opaque. OpenAI's own API goes by the holes; of fal, which stands in between, both are told. A PNG.
 */
export async function holedMask({ bytes, width, height }: InputImage): Promise<InputImage> {
  const grey = sharp(bytes).flatten().toColourspace('b-w');
  const [colours, alpha] = await Promise.all([grey.clone().png().toBuffer(), grey.clone().negate().raw().toBuffer()]);
  const holed = sharp(colours)
    .toColourspace('srgb')
    .joinChannel(alpha, { raw: { width, height, channels: 1 } });
  return { bytes: await holed.png().toBuffer(), width, height, contentType: 'image/png' };
}
