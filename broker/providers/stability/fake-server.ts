import type { IncomingMessage, ServerResponse } from 'node:http';
import sharp from 'sharp';
import type { Pixels } from '../../../shared/catalogue/size.ts';
import { type FakeBody, readBody } from '../fake-body.ts';
import { drawFile } from '../fake-file.ts';
import { sendAccepted, sendJson, startFakeHost } from '../fake-host.ts';

export interface FakeStability {
  readonly url: string;
  readonly host: string;
  /** Every call that was taken, and would be billed. */
  readonly taken: readonly (FakeBody & { readonly path: string })[];
  close(): Promise<void>;
}

function failure(name: string, ...errors: string[]) {
  return { id: '8c4b', name, errors };
}

/** How a call ends without being taken, by the magic word in its prompt. */
const REFUSALS: readonly [word: string, status: number, body: unknown][] = [
  ['__401__', 401, failure('unauthorized', 'authorization: invalid')],
  ['__402__', 402, failure('payment_required', 'You lack sufficient credits')],
  ['__429__', 429, failure('rate_limit_exceeded', 'You have exceeded your rate limit')],
  ['__503__', 503, failure('service_unavailable', 'Try again')],
  ['__gone__', 404, failure('not_found', 'The specified resource was not found')],
  ['__invalid__', 400, failure('bad_request', 'aspect_ratio: must be one of the following values')],
  ['__moderate__', 403, failure('content_moderation', 'Your request was flagged by our content moderation system')],
];

/** The fields that each endpoint knows: one more is a bad request. */
const WORDS = ['prompt', 'negative_prompt', 'seed', 'output_format'];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  'generate/core': [...WORDS, 'aspect_ratio'],
  'generate/ultra': [...WORDS, 'aspect_ratio', 'strength', 'image'],
  'generate/sd3': [...WORDS, 'aspect_ratio', 'strength', 'image', 'mode', 'model'],
  'upscale/fast': ['output_format', 'image'],
  'upscale/conservative': [...WORDS, 'image'],
  'edit/remove-background': ['output_format', 'image'],
  'edit/inpaint': [...WORDS, 'image', 'mask'],
};

/** The fewest px of a side, the most of one, and the most in all, of the picture that an endpoint works on. */
const LIMITS: Readonly<Record<string, readonly [least: number, most: number, pixels: number]>> = {
  'upscale/fast': [32, 1_536, 1_048_576],
  'upscale/conservative': [64, Number.POSITIVE_INFINITY, 9_437_184],
  'edit/remove-background': [64, Number.POSITIVE_INFINITY, 4_194_304],
  'edit/inpaint': [64, Number.POSITIVE_INFINITY, 9_437_184],
};

/**
 * Stability's v2beta, speaking the true wire, with its faults called by magic words in the prompt.
 * @param key the only key that is let in.
 */
export async function startFakeStability(key = 'test-key'): Promise<FakeStability> {
  const taken: (FakeBody & { path: string })[] = [];
  const server = await startFakeHost(handle);

  async function handle(req: IncomingMessage, res: ServerResponse, { pathname }: URL): Promise<unknown> {
    if (req.headers.authorization !== `Bearer ${key}`) return sendJson(res, 401, REFUSALS[0]?.[2]);
    if (pathname === '/v1/user/balance') return sendJson(res, 200, { credits: 412.5 });
    const path = pathname.replace('/v2beta/stable-image/', '');
    const known = FIELDS[path];
    if (!known || req.method !== 'POST') return sendJson(res, 404, failure('not_found', 'no such route'));
    // Otherwise the answer would be the picture itself.
    if (req.headers.accept !== 'application/json') return sendJson(res, 400, failure('bad_request', 'accept: JSON'));
    const body = await readBody(req);
    const fault = faultOf(body, known) ?? (await sizeFaultOf(body, path));
    if (fault) return sendJson(res, 400, failure('bad_request', fault));
    const prompt = String(body.fields.prompt ?? '');
    const refusal = REFUSALS.find(([word]) => prompt.includes(word));
    if (refusal) return sendJson(res, refusal[1], refusal[2]);
    if (prompt.includes('__nsfw_output__')) {
      const blurred = (await drawFile({ prompt, size: { width: 64, height: 64 } })).toString('base64');
      return sendJson(res, 200, { image: blurred, finish_reason: 'CONTENT_FILTERED', seed: 1 });
    }
    if (prompt.includes('__no_pictures__')) return sendJson(res, 200, { finish_reason: 'ERROR' });
    taken.push({ ...body, path });
    if (prompt.includes('__fail__')) return sendJson(res, 500, failure('internal_error', 'Try again'));
    if (prompt.includes('__model_timeout__')) return sendJson(res, 504, failure('timeout', 'Too late'));
    const bytes = await drawFile({ prompt, size: await resultSize(path, body) });
    const seed = Number(body.fields.seed ?? 0) || 343_940_597;
    const answer = { image: bytes.toString('base64'), finish_reason: 'SUCCESS', seed };
    return sendAccepted(res, prompt, { status: 200, body: answer });
  }

  return { url: server.url, host: server.host, taken, close: server.close };
}

function faultOf({ type, fields, files }: FakeBody, known: readonly string[]): string | null {
  if (type !== 'form') return 'content-type: must be multipart/form-data';
  const names = [...Object.keys(fields), ...files.map(({ field }) => field)];
  const strange = names.find((name) => !known.includes(name));
  if (strange) return `${strange}: is not known`;
  if (known.includes('prompt') && !fields.prompt) return 'prompt: cannot be blank';
  if (known.includes('mask') && !names.includes('mask')) return 'mask: is missing';
  if (names.includes('image') && names.includes('aspect_ratio')) return 'aspect_ratio: only without an image';
  return known.includes('aspect_ratio') || names.includes('image') ? null : 'image: is missing';
}

/** What the endpoint does not take of its picture, or that the mask is not as large. */
async function sizeFaultOf({ files }: FakeBody, path: string): Promise<string | null> {
  const limits = LIMITS[path];
  if (!limits) return null;
  const [least, most, pixels] = limits;
  const sizes = await Promise.all(files.map(async ({ bytes }) => sharp(bytes).metadata()));
  const isTaken = ({ width, height }: Pixels) =>
    Math.min(width, height) >= least && Math.max(width, height) <= most && width * height <= pixels;
  if (!sizes.every(isTaken)) return 'image: the dimensions are outside of what is supported';
  const isAlike = sizes.every(({ width, height }) => width === sizes[0]?.width && height === sizes[0]?.height);
  return isAlike ? null : 'mask: must be as large as the image';
}

/** 1.5 megapixels in the ratio, or as large as the picture that goes in; the fast upscaler makes it four times larger. */
async function resultSize(path: string, { fields, files }: FakeBody): Promise<Pixels> {
  const [image] = files;
  if (image) {
    const { width, height } = await sharp(image.bytes).metadata();
    const factor = path === 'upscale/fast' ? 4 : 1;
    return { width: width * factor, height: height * factor };
  }
  const [across = 1, down = 1] = String(fields.aspect_ratio ?? '1:1')
    .split(':')
    .map(Number);
  const side = (share: number) => Math.round((1_225 * Math.sqrt(share)) / 64) * 64;
  return { width: side(across / down), height: side(down / across) };
}
