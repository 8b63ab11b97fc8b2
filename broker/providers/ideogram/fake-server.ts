import type { IncomingMessage, ServerResponse } from 'node:http';
import sharp from 'sharp';
import type { Pixels } from '../../../shared/catalogue/size.ts';
import { type FakeBody, readBody } from '../fake-body.ts';
import { sendFile } from '../fake-file.ts';
import { type FakeHost, sendAccepted, sendJson, startFakeHost } from '../fake-host.ts';

export interface FakeIdeogram extends FakeHost {
  /** Every request that was run: what Ideogram would bill. */
  readonly taken: readonly (FakeBody & { readonly path: string })[];
}

/** How a request ends before it runs, by the magic word in its prompt. */
const REFUSALS: readonly [word: string, status: number, body: unknown][] = [
  ['__401__', 401, { error: 'Invalid API key' }],
  ['__402__', 402, { error: 'Payment required', reject_reason: 'insufficient_funds' }],
  ['__429__', 429, { error: 'Too many requests' }],
  ['__503__', 503, { error: 'Service unavailable' }],
  ['__gone__', 404, { error: 'Not found' }],
  ['__moderate__', 422, { error: 'Prompt failed the safety check' }],
  ['__moderate_reference__', 422, { error: 'Provided image failed the safety check' }],
  ['__invalid__', 400, { error: 'Invalid aspect ratio' }],
];

/** How a run ends without pictures. */
const FAILURES: readonly [word: string, status: number, body: unknown][] = [
  ['__fail__', 500, { error: 'Internal server error' }],
  ['__downstream__', 502, { error: 'Bad gateway' }],
  ['__model_timeout__', 504, { error: 'Gateway timeout' }],
];

const COMMON = ['prompt', 'num_images', 'seed', 'rendering_speed', 'magic_prompt'];

/** The fields and files of each endpoint. */
const ENDPOINTS: Readonly<Record<string, { fields: readonly string[]; files: readonly string[] }>> = {
  '/v1/ideogram-v3/generate': {
    fields: [...COMMON, 'aspect_ratio', 'negative_prompt'],
    files: ['style_reference_images'],
  },
  '/v1/ideogram-v3/generate-transparent': { fields: [...COMMON, 'aspect_ratio', 'negative_prompt'], files: [] },
  '/v1/ideogram-v4/generate': { fields: ['text_prompt', 'resolution', 'rendering_speed'], files: [] },
  '/v1/ideogram-v3/inpaint': { fields: COMMON, files: ['image', 'mask', 'style_reference_images'] },
};

/** Ideogram's API, speaking the true wire, with its faults called by magic words in the prompt (see `CASES`). */
export async function startFakeIdeogram({ key = 'test-key' } = {}): Promise<FakeIdeogram> {
  const taken: (FakeBody & { path: string })[] = [];
  const fake = await startFakeHost(handle);
  return { ...fake, taken };

  async function handle(req: IncomingMessage, res: ServerResponse, { pathname }: URL): Promise<ServerResponse> {
    const [, at] = /^\/api\/images\/ephemeral\/(\d+)\.png$/.exec(pathname) ?? [];
    if (at) return sendPicture(req, res, taken[Number(at)]);
    if (req.headers['api-key'] !== key) return sendJson(res, 401, { error: 'Invalid API key' });
    // What a key of a member without a view of the bills is told.
    if (pathname === '/v2/account/usage') return sendJson(res, 404, { error: 'Not found' });
    const endpoint = ENDPOINTS[pathname];
    if (!endpoint || req.method !== 'POST') return sendJson(res, 404, { error: 'Not found' });
    const body = await readBody(req);
    const prompt = promptOf(body);
    const stray =
      body.type !== 'form' ||
      prompt === '' ||
      Object.keys(body.fields).some((name) => !endpoint.fields.includes(name)) ||
      body.files.some(({ field }) => !endpoint.files.includes(field)) ||
      !/^(\d+x\d+)?$/.test(String(body.fields.aspect_ratio ?? ''));
    if (stray) return sendJson(res, 400, { error: 'Invalid input provided' });
    const refusal = REFUSALS.find(([word]) => prompt.includes(word));
    if (refusal) return sendJson(res, refusal[1], refusal[2]);
    taken.push({ ...body, path: pathname });
    const failure = FAILURES.find(([word]) => prompt.includes(word));
    if (failure) return sendJson(res, failure[1], failure[2]);
    return sendAccepted(res, prompt, { status: 200, body: picturesFor(body, taken.length - 1) });
  }

  function picturesFor(body: FakeBody, at: number) {
    const { fields } = body;
    const prompt = promptOf(body);
    const count = prompt.includes('__no_pictures__') ? 0 : Number(fields.num_images ?? 1);
    const data = Array.from({ length: count }, (_, index) => {
      const isUnsafe = prompt.includes('__nsfw_output__') || (prompt.includes('__partial__') && index === 0);
      return {
        prompt,
        resolution: '1024x1024',
        is_image_safe: !isUnsafe,
        seed: Number(fields.seed ?? 1_234) + index,
        url: isUnsafe ? null : `${fake.url}/api/images/ephemeral/${at}.png`,
        style_type: 'GENERAL',
      };
    });
    return { created: '2026-11-25T12:00:00Z', data };
  }
}

function promptOf({ fields }: FakeBody): string {
  return String(fields.prompt ?? fields.text_prompt ?? '');
}

/** Public links, so a key has no business there. */
async function sendPicture(
  req: IncomingMessage,
  res: ServerResponse,
  taken: FakeBody | undefined,
): Promise<ServerResponse> {
  if (!taken || req.headers['api-key']) return sendJson(res, 400, { error: 'a key was sent to the picture store' });
  return sendFile(res, { prompt: promptOf(taken), size: await sizeOf(taken) });
}

/** About a megapixel in the ratio that was asked for; what was painted over keeps its size. */
async function sizeOf({ fields, files }: FakeBody): Promise<Pixels> {
  const picture = files.find(({ field }) => field === 'image');
  if (picture) {
    const { width, height } = await sharp(picture.bytes).metadata();
    return { width, height };
  }
  if (fields.resolution !== undefined) {
    const [width = 0, height = 0] = String(fields.resolution).split('x').map(Number);
    return { width, height };
  }
  const [across = 1, down = 1] = String(fields.aspect_ratio ?? '1x1')
    .split('x')
    .map(Number);
  const side = (share: number) => Math.round((1_024 * Math.sqrt(share)) / 16) * 16;
  return { width: side(across / down), height: side(down / across) };
}
