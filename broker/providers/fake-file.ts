import type { ServerResponse } from 'node:http';
import sharp from 'sharp';
import type { Pixels } from '../../shared/catalogue/size.ts';
import { sendJson } from './fake-host.ts';
import { sampleImage } from './sample-image.ts';
import { sampleVideo } from './sample-video.ts';

/** A picture or a video of a fake provider's. */
export interface FakeFile {
  /** `__expired__`, `__truncated__`, `__blank__`, `__nsfw_output__`, `__wrong_size__`, `__webp__` say what is wrong. */
  readonly prompt: string;
  readonly size: Pixels;
  readonly format?: 'png' | 'jpeg' | 'webp';
  /** Makes it a video of so many seconds. */
  readonly seconds?: number | undefined;
}

/** The picture store's part. */
export async function sendFile(res: ServerResponse, file: FakeFile): Promise<ServerResponse> {
  if (file.prompt.includes('__expired__')) return sendJson(res, 403, { detail: 'expired' });
  const sent = await drawFile(file);
  return res.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': sent.length }).end(sent);
}

/** The bytes of a file, for providers that hand them over in their answer. */
export async function drawFile(file: FakeFile): Promise<Buffer> {
  const bytes = await draw(file);
  return file.prompt.includes('__truncated__') ? bytes.subarray(0, Math.floor(bytes.length * 0.6)) : bytes;
}

async function draw({ prompt, size: { width, height }, format = 'png', seconds }: FakeFile): Promise<Buffer> {
  const isBlank = prompt.includes('__blank__') || prompt.includes('__nsfw_output__');
  const isWrong = prompt.includes('__wrong_size__');
  if (seconds !== undefined) {
    const size = { width, height: isWrong ? Math.ceil(height / 4) * 2 : height };
    return Buffer.from(await sampleVideo(size, { seconds, isBlank }));
  }
  if (isBlank) {
    return sharp({ create: { width, height, channels: 3, background: '#000' } })
      .png()
      .toBuffer();
  }
  const image = sampleImage({ width, height: isWrong ? Math.ceil(height / 2) : height });
  return image.toFormat(prompt.includes('__webp__') ? 'webp' : format).toBuffer();
}
