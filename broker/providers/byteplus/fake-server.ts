import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Pixels } from '../../../shared/catalogue/size.ts';
import { drawFile, type FakeFile, sendFile } from '../fake-file.ts';
import { sendAccepted, sendBroken, sendJson, startFakeHost } from '../fake-host.ts';
import { createFakeJobs, type FakeJob } from '../fake-jobs.ts';

export interface FakeBytePlus {
  /** With the version, as the base URL is given. */
  readonly url: string;
  readonly host: string;
  /** The bodies of every call that was taken, and would be billed. */
  readonly taken: readonly Readonly<Record<string, unknown>>[];
  /** Lets slow and queued tasks end. */
  finish(): void;
  close(): Promise<void>;
}

function failure(code: string, message = 'why') {
  return { error: { code, message, param: '', type: '' } };
}

/** How a call ends without being taken, by the magic word in its prompt. */
const REFUSALS: readonly [word: string, status: number, body: unknown][] = [
  ['__401__', 401, failure('AuthenticationError', 'The API key doesn’t exist')],
  ['__402__', 403, failure('AccountOverdueError', 'The account has an overdue balance')],
  ['__429__', 429, failure('ModelAccountIpmRateLimitExceeded', 'Too many images per minute')],
  ['__503__', 429, failure('ServerOverloaded', 'The service is overloaded')],
  ['__gone__', 404, failure('InvalidEndpointOrModel.NotFound', 'The model does not exist')],
  ['__invalid__', 400, failure('InvalidParameter', 'size is not valid')],
  ['__moderate__', 400, failure('InputTextSensitiveContentDetected')],
  ['__moderate_reference__', 400, failure('InputImageSensitiveContentDetected.PrivacyInformation')],
];

const REFUSED_OUTPUT = failure('OutputImageSensitiveContentDetected');

/** How a task that was taken ends without a video. */
const TASK_FAILURES: readonly [word: string, body: unknown][] = [
  ['__nsfw_output__', { status: 'failed', ...failure('OutputVideoSensitiveContentDetected') }],
  ['__fail__', { status: 'failed', ...failure('InternalServiceError') }],
  ['__downstream__', { status: 'failed', error: null }],
  ['__model_timeout__', { status: 'expired' }],
  ['__no_pictures__', { status: 'succeeded', content: {} }],
];

/** What 5.0 Pro and Flash refuse, even where it says no. */
const STRICT = /^seedream-5-0-(pro|flash)-/;

/**
 * ModelArk, speaking the true wire, with its faults called by magic words in the prompt. `n` is ignored.
 * @param key the only key that is let in.
 */
export async function startFakeBytePlus(key = 'test-key'): Promise<FakeBytePlus> {
  const taken: Record<string, unknown>[] = [];
  const jobs = createFakeJobs();
  const server = await startFakeHost(handle);

  async function handle(req: IncomingMessage, res: ServerResponse, { pathname }: URL): Promise<unknown> {
    const [, file] = /^\/files\/([\w-]+)\.mp4$/.exec(pathname) ?? [];
    const film = jobs.find(file ?? '');
    // Links are signed, so a key has no business there.
    if (film) return req.headers.authorization ? res.writeHead(400).end() : sendFile(res, fileOf(film));
    if (req.headers.authorization !== `Bearer ${key}`) return sendJson(res, 401, failure('AuthenticationError'));
    const [, verb, id] =
      /^\/api\/v3\/(images\/generations|contents\/generations\/tasks)(?:\/([\w-]+))?$/.exec(pathname) ?? [];
    if (!verb) return sendJson(res, 404, failure('NotFound'));
    if (id) return req.method === 'DELETE' ? remove(res, jobs.find(id)) : sendTask(res, jobs.find(id));
    if (req.method === 'GET') return sendJson(res, 200, { items: [], total: 0 });
    const input = (await json(req)) as Record<string, unknown>;
    const prompt = String(input.prompt ?? textOf(input.content));
    const refusal = REFUSALS.find(([word]) => prompt.includes(word));
    if (refusal) return sendJson(res, refusal[1], refusal[2]);
    if (STRICT.test(String(input.model)) && ('sequential_image_generation' in input || 'stream' in input)) {
      return sendJson(res, 400, failure('InvalidParameter', 'unknown field'));
    }
    return verb.startsWith('images') ? draw(res, input, prompt) : start(res, input, prompt);
  }

  async function draw(res: ServerResponse, input: Record<string, unknown>, prompt: string): Promise<unknown> {
    if (prompt.includes('__nsfw_output__')) return sendJson(res, 400, REFUSED_OUTPUT);
    if (prompt.includes('__downstream__')) return sendPictures(res, [failure('InternalServiceError')]);
    if (prompt.includes('__no_pictures__')) return sendPictures(res, []);
    // One picture of a batch fails, within a success.
    if (prompt.includes('__partial__') && taken.length === 2) return sendPictures(res, [REFUSED_OUTPUT]);
    taken.push(input);
    if (prompt.includes('__fail__')) return sendJson(res, 500, failure('InternalServiceError'));
    if (prompt.includes('__model_timeout__')) return sendJson(res, 504, failure('InternalServiceError.Timeout'));
    const bytes = await drawFile({ prompt, size: sizeOf(String(input.size)), format: 'jpeg' });
    const picture = {
      b64_json: bytes.toString('base64'),
      ...(!prompt.includes('__no_dimensions__') && { size: input.size }),
    };
    return sendAccepted(res, prompt, { status: 200, body: pictures([picture]) });
  }

  function start(res: ServerResponse, input: Record<string, unknown>, prompt: string): ServerResponse {
    taken.push(input);
    const { id } = jobs.add('', input, prompt);
    return sendAccepted(res, prompt, { status: 200, body: { id } });
  }

  function sendTask(res: ServerResponse, job: FakeJob | undefined): ServerResponse {
    if (!job || job.prompt.includes('__lost__')) return sendJson(res, 404, failure('NotFound'));
    jobs.advance(job);
    if (sendBroken(res, job)) return res;
    const ended = TASK_FAILURES.find(([word]) => job.prompt.includes(word))?.[1];
    const content = { video_url: `${server.url}/files/${job.id}.mp4` };
    const usage = { completion_tokens: 108_900, total_tokens: 108_900 };
    const states = {
      waiting: { status: 'queued' },
      running: { status: 'running' },
      ended: job.isCancelled ? { status: 'cancelled' } : (ended ?? { status: 'succeeded', content, usage, seed: 7 }),
    };
    return sendJson(res, 200, { id: job.id, model: job.input.model, ...states[job.state] });
  }

  function remove(res: ServerResponse, job: FakeJob | undefined): ServerResponse {
    if (!job) return sendJson(res, 404, failure('NotFound'));
    if (job.state === 'running') return sendJson(res, 409, failure('InvalidAction.RunningTaskDeletion'));
    jobs.cancel(job);
    return sendJson(res, 200, {});
  }

  return {
    url: `${server.url}/api/v3`,
    host: server.host,
    taken,
    finish: () => jobs.finish(),
    close: server.close,
  };
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return String(content.find(({ type }) => type === 'text')?.text ?? '');
}

function sizeOf(size: string): Pixels {
  const [width = 0, height = 0] = size.split('x').map(Number);
  return { width, height };
}

function pictures(data: readonly unknown[]) {
  return { model: 'fake', created: 1, data, usage: { generated_images: data.length, output_tokens: 16_384 } };
}

function sendPictures(res: ServerResponse, data: readonly unknown[]): ServerResponse {
  return sendJson(res, 200, pictures(data));
}

/** Films are small, whatever was asked: at a provider's true sizes they would take a fake seconds to make. */
function fileOf({ prompt, input }: FakeJob): FakeFile {
  const size = input.ratio === '9:16' ? { width: 144, height: 256 } : { width: 256, height: 144 };
  return { prompt, size, seconds: Number(input.duration ?? 5) };
}
