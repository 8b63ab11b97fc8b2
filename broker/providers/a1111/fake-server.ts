import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../fake-body.ts';
import { drawFile } from '../fake-file.ts';
import { type FakeHost, sendAccepted, sendJson, startFakeHost } from '../fake-host.ts';

export interface FakeA1111 extends FakeHost {
  /** The requests that were drawn for. */
  readonly taken: readonly { readonly path: string; readonly fields: Readonly<Record<string, unknown>> }[];
}

export interface FakeA1111Options {
  /** `user:password`; null where anybody is let in. */
  readonly auth?: string | null;
  /** Puts a grid of all pictures before them, as the web page's settings may say. */
  readonly withGrid?: boolean;
}

/** How a request ends without a drawing, by the magic word in its prompt. */
const REFUSALS: readonly [word: string, status: number, body: unknown][] = [
  ['__401__', 401, { detail: 'Incorrect username or password' }],
  ['__429__', 429, { detail: 'Too many requests' }],
  ['__503__', 503, { detail: 'Service unavailable' }],
  ['__gone__', 404, { detail: 'Not Found' }],
  [
    '__invalid__',
    422,
    { detail: [{ loc: ['body', 'width'], msg: 'value is not a valid integer', type: 'type_error' }] },
  ],
  ['__fail__', 500, { error: 'OutOfMemoryError', detail: '', body: '', errors: 'CUDA out of memory.' }],
];

/** How a drawing ends behind a proxy that gives up on it. */
const FAILURES: readonly [word: string, status: number][] = [
  ['__downstream__', 502],
  ['__model_timeout__', 504],
];

/** The API of AUTOMATIC1111's web UI, with its faults called by magic words in the prompt (see `CASES`). */
export async function startFakeA1111({ auth = null, withGrid = false }: FakeA1111Options = {}): Promise<FakeA1111> {
  const taken: { path: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const fake = await startFakeHost(handle);
  return { ...fake, taken };

  async function handle(req: IncomingMessage, res: ServerResponse, { pathname }: URL): Promise<ServerResponse> {
    const wanted = `Basic ${Buffer.from(auth ?? '').toString('base64')}`;
    if (auth !== null && req.headers.authorization !== wanted) {
      return sendJson(res, 401, { detail: 'Incorrect username or password' });
    }
    if (pathname === '/sdapi/v1/sd-models') return sendJson(res, 200, [{ title: 'sd_xl_base_1.0.safetensors' }]);
    const isRedraw = pathname === '/sdapi/v1/img2img';
    if (!isRedraw && pathname !== '/sdapi/v1/txt2img') return sendJson(res, 404, { detail: 'Not Found' });
    const { fields } = await readBody(req);
    const prompt = String(fields.prompt ?? '');
    if (isRedraw && !Array.isArray(fields.init_images)) return sendJson(res, 404, { detail: 'Init image not found' });
    const refusal = REFUSALS.find(([word]) => prompt.includes(word));
    if (refusal) return sendJson(res, refusal[1], refusal[2]);
    taken.push({ path: pathname, fields });
    const failure = FAILURES.find(([word]) => prompt.includes(word));
    if (failure) return res.writeHead(failure[1]).end('<html></html>');
    return sendAccepted(res, prompt, { status: 200, body: await drawingsFor(fields) });
  }

  async function drawingsFor(fields: Readonly<Record<string, unknown>>) {
    const prompt = String(fields.prompt);
    const asked = prompt.includes('__no_pictures__') ? 0 : Number(fields.n_iter ?? 1);
    const count = prompt.includes('__partial__') ? asked - 1 : asked;
    const seed = Number(fields.seed ?? -1) >= 0 ? Number(fields.seed) : 4_242;
    const size = { width: Number(fields.width ?? 512), height: Number(fields.height ?? 512) };
    const draw = async (text: string, of = size) => (await drawFile({ prompt: text, size: of })).toString('base64');
    // It has no filter for results: what the word makes others black out is drawn.
    const image = await draw(prompt.replace('__nsfw_output__', ''));
    const grid = withGrid && count > 1 ? [await draw('', { width: size.width * count, height: size.height })] : [];
    const info = {
      prompt,
      seed,
      all_seeds: Array.from({ length: count }, (_, index) => seed + index),
      index_of_first_image: grid.length,
    };
    const images = [...grid, ...Array.from({ length: count }, () => image)];
    return { images, parameters: fields, info: JSON.stringify(info) };
  }
}
