import sharp from 'sharp';
import type { Pixels } from '../../../shared/catalogue/size.ts';
import { encodeVideo } from '../encode-video.ts';
import { render } from './render.ts';

const FRAMES_PER_SECOND = 24;

/** How much larger the drawing is than what is seen of it at once. */
const ROOM = 1.25;

/** A drawing to move over. */
interface Animation extends Pixels {
  readonly prompt: string;
  readonly seed: number;
  readonly seconds: number;
}

/** A camera moving slowly over one large drawing, as MP4. Sides in px, both even. */
export async function animate({ prompt, seed, width, height, seconds }: Animation): Promise<Uint8Array> {
  const large = { width: Math.round(width * ROOM), height: Math.round(height * ROOM) };
  const drawing = await render({ prompt, seed, ...large, detail: 1 });
  const raw = await sharp(drawing).ensureAlpha().raw().toBuffer();
  const count = seconds * FRAMES_PER_SECOND;
  async function* frames(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < count; index += 1) {
      // It sets off and arrives gently: half a wave from 0 to 1.
      const way = (1 - Math.cos((Math.PI * index) / (count - 1))) / 2;
      const left = Math.round((large.width - width) * way);
      const top = Math.round((large.height - height) * (1 - way));
      yield await sharp(raw, { raw: { ...large, channels: 4 } })
        .extract({ left, top, width, height })
        .raw()
        .toBuffer();
    }
  }
  return encodeVideo({ width, height, framesPerSecond: FRAMES_PER_SECOND }, frames());
}
