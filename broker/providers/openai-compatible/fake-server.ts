import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../fake-body.ts';
import { drawFile, type FakeFile, sendFile } from '../fake-file.ts';
import { type FakeHost, sendAccepted, sendJson, startFakeHost } from '../fake-host.ts';

export interface FakeCompatible extends FakeHost {
  /** The bodies of all requests that a picture was begun for. */
  readonly taken: readonly Readonly<Record<string, unknown>>[];
}

/** Whose accent it has: sd-server hands over bytes and its errors are sentences, LocalAI hands out links. */
export interface FakeCompatibleOptions {
  readonly accent: 'sd-server' | 'LocalAI';
  /** The only key that is let in; null where anybody is. */
  readonly key?: string | null;
}

/** How a request ends before a picture is begun, by the magic word in its prompt. */
const REFUSALS: readonly [word: string, status: number, message: string, code?: string][] = [
  ['__401__', 401, 'An authentication key is required'],
  ['__402__', 429, 'You exceeded your current quota', 'insufficient_quota'],
  ['__429__', 429, 'too many requests'],
  ['__503__', 503, 'the model is being loaded'],
  ['__gone__', 404, 'model not found', 'model_not_found'],
  ['__moderate__', 400, 'rejected by the safety system', 'content_policy_violation'],
  ['__invalid__', 400, 'invalid value for "size"'],
];

/** How a picture that was begun ends. */
const FAILURES: readonly [word: string, status: number, message: string][] = [
  ['__fail__', 500, 'generate_image returned no results'],
  ['__downstream__', 502, 'could not reach the backend'],
  ['__model_timeout__', 504, 'the backend did not answer'],
];

/** An OpenAI-compatible server, with its faults called by magic words in the prompt (see `CASES`). */
export async function startFakeCompatible({ accent, key = null }: FakeCompatibleOptions): Promise<FakeCompatible> {
  const taken: Record<string, unknown>[] = [];
  const fake = await startFakeHost(handle);
  return { ...fake, taken };

  async function handle(req: IncomingMessage, res: ServerResponse, { pathname }: URL): Promise<ServerResponse> {
    const [, at] = /^\/generated-images\/(\d+)\.png$/.exec(pathname) ?? [];
    if (at) return sendFile(res, fileOf(taken[Number(at)] ?? {}));
    const isKnown = key === null || req.headers.authorization === `Bearer ${key}`;
    if (!isKnown) return refuse(res, 401, 'An authentication key is required');
    if (pathname === '/v1/models') return sendJson(res, 200, { object: 'list', data: MODELS[accent] });
    if (pathname !== '/v1/images/generations') return refuse(res, 404, 'not found');
    const { fields } = await readBody(req);
    const prompt = String(fields.prompt ?? '');
    if (prompt === '') return refuse(res, 400, 'prompt required');
    const refusal = REFUSALS.find(([word]) => prompt.includes(word));
    if (refusal) return refuse(res, refusal[1], refusal[2], refusal[3]);
    taken.push(fields);
    const failure = FAILURES.find(([word]) => prompt.includes(word));
    if (failure) return refuse(res, failure[1], failure[2]);
    return sendAccepted(res, prompt, { status: 200, body: await picturesFor(fields) });
  }

  async function picturesFor(fields: Readonly<Record<string, unknown>>) {
    const prompt = String(fields.prompt);
    const asked = prompt.includes('__no_pictures__') ? 0 : Number(fields.n ?? 1);
    const count = prompt.includes('__partial__') ? asked - 1 : asked;
    const picture =
      accent === 'LocalAI'
        ? { url: `${fake.url}/generated-images/${taken.length - 1}.png`, b64_json: '' }
        : { b64_json: (await drawFile(fileOf(fields))).toString('base64') };
    const data = Array.from({ length: count }, () => picture);
    return accent === 'LocalAI'
      ? { created: 1, id: 'b1', data, usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } }
      : { created: 1, output_format: 'png', data };
  }

  function refuse(res: ServerResponse, status: number, message: string, code?: string): ServerResponse {
    const error = accent === 'LocalAI' ? { code: code ?? status, message, type: '' } : message;
    return sendJson(res, status, { error });
  }
}

const MODELS = {
  'sd-server': [{ id: 'sd-cpp-local', object: 'model', owned_by: 'local' }],
  LocalAI: [{ id: 'flux.1-dev', object: 'model' }],
};

/** It has no filter for results: what the word makes others black out is drawn. */
function fileOf(fields: Readonly<Record<string, unknown>>): FakeFile {
  const [width = 512, height = 512] = String(fields.size ?? '512x512')
    .split('x')
    .map(Number);
  return { prompt: String(fields.prompt).replace('__nsfw_output__', ''), size: { width, height } };
}
