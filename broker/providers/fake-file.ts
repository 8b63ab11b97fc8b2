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

/** What a file looks like, whatever else its prompt says. */
interface Looks extends Pixels {
  readonly format: 'png' | 'jpeg' | 'webp';
  readonly isBlank: boolean;
  readonly seconds: number | null;
}

/** Many files look alike, and drawing one takes as long as all the rest of an answer. */
const drawn = new Map<string, Promise<Buffer>>();

function draw({ prompt, size: { width, height }, format = 'png', seconds }: FakeFile): Promise<Buffer> {
  const isWrong = prompt.includes('__wrong_size__');
  const looks: Looks = {
    width,
    height: isWrong ? Math.ceil(height / 4) * 2 : height,
    format: prompt.includes('__webp__') ? 'webp' : format,
    isBlank: prompt.includes('__blank__') || prompt.includes('__nsfw_output__'),
    seconds: seconds ?? null,
  };
  const key = JSON.stringify(looks);
  const bytes = drawn.get(key) ?? drawAs(looks);
  drawn.set(key, bytes);
  return bytes;
}

async function drawAs({ width, height, format, isBlank, seconds }: Looks): Promise<Buffer> {
  if (seconds !== null) return Buffer.from(await sampleVideo({ width, height }, { seconds, isBlank }));
  const blank = { create: { width, height, channels: 3 as const, background: '#000' } };
  return isBlank ? sharp(blank).png().toBuffer() : sampleImage({ width, height }).toFormat(format).toBuffer();
}
