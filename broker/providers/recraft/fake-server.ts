import type { IncomingMessage, ServerResponse } from 'node:http';
import sharp from 'sharp';
import type { Pixels } from '../../../shared/catalogue/size.ts';
import { type FakeBody, readBody } from '../fake-body.ts';
import { drawFile } from '../fake-file.ts';
import { sendAccepted, sendJson, startFakeHost } from '../fake-host.ts';
import { sampleDrawing } from '../sample-image.ts';

export interface FakeRecraft {
  /** With the version, as the base URL is given. */
  readonly url: string;
  readonly host: string;
  /** Every call that was taken, and would be billed. */
  readonly taken: readonly (FakeBody & { readonly endpoint: string })[];
  close(): Promise<void>;
}

/** How a call ends without being taken, by the magic word in its prompt. */
const REFUSALS: readonly [word: string, status: number, body: unknown][] = [
  ['__401__', 401, { code: 'unauthorized', message: 'Unauthorized' }],
  ['__402__', 400, { code: 'not_enough_credits', message: 'Not enough credits' }],
  ['__429__', 429, { code: 'rate_limit_exceeded', message: 'Too many requests' }],
  ['__503__', 503, { code: 'unavailable', message: 'Service unavailable' }],
  ['__gone__', 400, { code: 'invalid_model', message: 'Model is not supported' }],
  ['__invalid__', 400, { code: 'invalid_size', message: 'This size is not allowed' }],
  ['__moderate__', 400, { code: 'bad_prompt', message: 'The prompt was flagged by moderation' }],
  ['__moderate_reference__', 400, { code: 'bad_image', message: 'The image was flagged by moderation' }],
];

/** What each endpoint must be given, and what it bills. */
const ENDPOINTS: Readonly<Record<string, { fields: readonly string[]; files: readonly string[]; credits: number }>> = {
  '/images/generations': { fields: ['prompt'], files: [], credits: 35 },
  '/images/imageToImage': { fields: ['prompt', 'strength'], files: ['image'], credits: 35 },
  '/images/inpaint': { fields: ['prompt'], files: ['image', 'mask'], credits: 35 },
  '/images/crispUpscale': { fields: [], files: ['image'], credits: 4 },
  '/images/creativeUpscale': { fields: [], files: ['image'], credits: 250 },
  '/images/removeBackground': { fields: [], files: ['image'], credits: 10 },
  '/images/vectorize': { fields: [], files: ['image'], credits: 10 },
  '/images/eraseRegion': { fields: [], files: ['image', 'mask'], credits: 2 },
};

/**
 * Recraft, speaking the true wire, with its faults called by magic words in the prompt.
 * @param key the only key that is let in.
 */
export async function startFakeRecraft(key = 'test-key'): Promise<FakeRecraft> {
  const taken: (FakeBody & { endpoint: string })[] = [];
  const server = await startFakeHost(handle);

  async function handle(req: IncomingMessage, res: ServerResponse, { pathname }: URL): Promise<unknown> {
    if (req.headers.authorization !== `Bearer ${key}`) return sendJson(res, 401, REFUSALS[0]?.[2]);
    const path = pathname.replace(/^\/v1/, '');
    if (path === '/users/me')
      return sendJson(res, 200, { id: 'u', email: 'o@studio.example', name: 'O', credits: 940 });
    const endpoint = ENDPOINTS[path];
    if (!endpoint || req.method !== 'POST') return sendJson(res, 404, { code: 'not_found', message: 'no such route' });
    const body = await readBody(req);
    const fault = await faultOf(body, endpoint);
    if (fault) return sendJson(res, 400, { code: 'invalid_request', message: fault });
    const prompt = String(body.fields.prompt ?? '');
    const refusal = REFUSALS.find(([word]) => prompt.includes(word));
    if (refusal) return sendJson(res, refusal[1], refusal[2]);
    if (!prompt.includes('__no_pictures__')) taken.push({ ...body, endpoint: path });
    if (prompt.includes('__fail__')) return sendJson(res, 500, { code: 'internal', message: 'Internal error' });
    if (prompt.includes('__model_timeout__')) return sendJson(res, 504, { code: 'timeout', message: 'Too late' });
    return sendAccepted(res, prompt, { status: 200, body: await answer(path, prompt, body, endpoint.credits) });
  }

  async function answer(path: string, prompt: string, body: FakeBody, credits: number): Promise<unknown> {
    const size = await resultSize(path, body);
    // Nothing is held back once it is made.
    const file = { prompt: prompt.replace('__nsfw_output__', ''), size };
    const isDrawing = path === '/images/vectorize' || body.fields.model === 'recraftv4_vector';
    const draw = async () => {
      const bytes = isDrawing ? Buffer.from(sampleDrawing(size)) : await drawFile(file);
      return { image_id: 'i', b64_json: bytes.toString('base64') };
    };
    if (!('prompt' in body.fields)) return { created: 1, credits, image: await draw() };
    const asked = Number(body.fields.n ?? 1);
    const count = prompt.includes('__no_pictures__') ? 0 : prompt.includes('__partial__') ? asked - 1 : asked;
    return { created: 1, credits: credits * count, data: await Promise.all(Array.from({ length: count }, draw)) };
  }

  return { url: `${server.url}/v1`, host: server.host, taken, close: server.close };
}

/** What is missing or wrong; a mask is black and white, and as large as its picture. */
async function faultOf({ fields, files }: FakeBody, wanted: (typeof ENDPOINTS)[string]): Promise<string | null> {
  const missing = wanted.fields.find((name) => !fields[name]);
  if (missing) return `${missing} is missing`;
  const names = files.map(({ field }) => field);
  if (names.join() !== wanted.files.join()) return `files ${names.join()} where ${wanted.files.join()} are wanted`;
  const [image, mask] = files;
  if (!image || !mask) return null;
  const [of, given] = await Promise.all([sharp(image.bytes).metadata(), sharp(mask.bytes).metadata()]);
  if (of.width !== given.width || of.height !== given.height) return 'the mask has another size than the image';
  const data = await sharp(mask.bytes).toColourspace('b-w').raw().toBuffer();
  return given.channels === 1 && data.every((value) => value === 0 || value === 255) ? null : 'the mask is not binary';
}

async function resultSize(path: string, { fields, files }: FakeBody): Promise<Pixels> {
  if (typeof fields.size === 'string') {
    const [width = 0, height = 0] = fields.size.split('x').map(Number);
    return { width, height };
  }
  if (!files[0]) return { width: 1_024, height: 1_024 };
  const { width, height } = await sharp(files[0].bytes).metadata();
  const factor = path.endsWith('Upscale') ? 2 : 1;
  return { width: width * factor, height: height * factor };
}
