import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FakeBody, readBody } from '../fake-body.ts';
import { drawFile } from '../fake-file.ts';
import { type FakeHost, sendAccepted, sendJson, startFakeHost } from '../fake-host.ts';
import { FAILURES, type FakeAnswer, fault, faultOf, REFUSALS } from './fake-faults.ts';

export interface FakeOpenAI extends FakeHost {
  /** Every request that work was begun for: what OpenAI would bill. */
  readonly taken: readonly (FakeBody & { readonly path: string })[];
}

/**
 * OpenAI's Images API, speaking the true wire, with its faults called by magic words in the prompt (see `CASES`). Its
 * address ends before `/v1`.
 */
export async function startFakeOpenAI({ key = 'test-key' } = {}): Promise<FakeOpenAI> {
  const taken: (FakeBody & { path: string })[] = [];
  const fake = await startFakeHost(handle);
  return { ...fake, taken };

  async function handle(req: IncomingMessage, res: ServerResponse, { pathname }: URL): Promise<ServerResponse> {
    if (req.headers.authorization !== `Bearer ${key}`) {
      return answer(res, fault(401, { code: 'invalid_api_key', message: 'Incorrect API key provided.' }));
    }
    if (req.method === 'GET' && pathname === '/v1/models') return sendJson(res, 200, MODELS);
    const wanted = { '/v1/images/generations': 'json', '/v1/images/edits': 'form' }[pathname];
    if (req.method !== 'POST' || !wanted) return answer(res, fault(404, { message: `Invalid URL (${pathname})` }));
    const body = await readBody(req);
    if (body.type !== wanted) return answer(res, fault(400, { message: 'Unsupported content type' }));
    return submit(res, pathname, body);
  }

  async function submit(res: ServerResponse, path: string, body: FakeBody): Promise<ServerResponse> {
    const prompt = String(body.fields.prompt);
    const refusal = REFUSALS.find(([word]) => prompt.includes(word))?.[1] ?? (await faultOf(body));
    if (refusal) return answer(res, refusal);
    taken.push({ ...body, path });
    const failure = FAILURES.find(([word]) => prompt.includes(word))?.[1];
    if (failure) return answer(res, failure);
    res.setHeader('x-request-id', 'req_test');
    return sendAccepted(res, prompt, { status: 200, body: await picturesFor(body) });
  }
}

/** What is made, and the tokens that it took. A picture of 1024 × 1024 px in medium quality has 1,756. */
async function picturesFor({ fields, files }: FakeBody) {
  const prompt = String(fields.prompt);
  const asked = Number(fields.n ?? 1);
  const made = prompt.includes('__partial__') ? asked - 1 : asked;
  const count = prompt.includes('__no_pictures__') ? 0 : made;
  const named = String(fields.size ?? 'auto');
  const size = named === 'auto' ? '1024x1024' : named;
  const [width = 0, height = 0] = size.split('x').map(Number);
  const b64_json = (await drawFile({ prompt, size: { width, height } })).toString('base64');
  const image_tokens = files.filter(({ field }) => field !== 'mask').length * 1_024;
  const text_tokens = Math.ceil(prompt.length / 4);
  const output_tokens = count * 1_756;
  return {
    created: 1_776_916_481,
    background: fields.background ?? 'opaque',
    data: Array.from({ length: count }, () => ({ b64_json })),
    output_format: fields.output_format ?? 'png',
    quality: fields.quality ?? 'medium',
    size,
    usage: {
      input_tokens: image_tokens + text_tokens,
      input_tokens_details: { image_tokens, text_tokens },
      output_tokens,
      output_tokens_details: { image_tokens: output_tokens, text_tokens: 0 },
      total_tokens: image_tokens + text_tokens + output_tokens,
    },
  };
}

const MODELS = {
  object: 'list',
  data: [
    { id: 'gpt-image-1.5', object: 'model', owned_by: 'openai', shutdown_date: '2026-12-01' },
    { id: 'gpt-image-2', object: 'model', owned_by: 'openai', shutdown_date: null },
    { id: 'gpt-image-2.5-flare', object: 'model', owned_by: 'openai', shutdown_date: null },
  ],
};

function answer(res: ServerResponse, { status, body }: FakeAnswer): ServerResponse {
  return body === null ? res.writeHead(status).end('<html>Bad Gateway</html>') : sendJson(res, status, body);
}
