import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { sendFile } from '../fake-file.ts';
import { createFakeHolds, type FakeHolds } from '../fake-holds.ts';
import { type FakeHost, sendAccepted, sendBroken, sendJson, startFakeHost } from '../fake-host.ts';
import { createFakeJobs, type FakeJob, type FakeJobs } from '../fake-jobs.ts';
import { fileFormat, pictureCount, pictureSize, resultField, videoLength } from './fake-pictures.ts';
import { createFakeSigner, type FakeSigner } from './fake-webhook.ts';

export interface FakeFalOptions {
  readonly port?: number;
  /** The only key that is let in. */
  readonly key?: string;
  /** After how many polls a `__slow__` or `__queued__` job ends by itself. */
  readonly slowPolls?: number;
}

export interface FakeFal extends FakeHost {
  readonly jobs: FakeJobs;
  /** Holds one answer back, until it is let go. */
  readonly hold: FakeHolds['hold'];
  /** Signs what its webhooks say. */
  readonly signed: FakeSigner['signed'];
}

/** How a submit ends without being taken, by the magic word in its prompt. */
const REFUSALS: readonly [word: string, status: number, body: unknown][] = [
  ['__401__', 401, { detail: 'No user found for Key ID and Secret' }],
  [
    '__402__',
    403,
    { detail: 'User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.' },
  ],
  ['__429__', 429, { detail: 'Too many concurrent requests', error_type: 'concurrent_requests_limit' }],
  ['__503__', 503, { detail: 'Service unavailable', error_type: 'runner_scheduling_failure' }],
  ['__gone__', 404, { detail: 'Application not found' }],
];

/** How a job that was taken ends without pictures. */
const FAILURES: readonly [word: string, status: number, body: unknown][] = [
  [
    '__moderate__',
    422,
    modelError(
      'content_policy_violation',
      ['body', 'prompt'],
      'The content could not be processed because it contained material flagged by a content checker.',
    ),
  ],
  [
    '__moderate_reference__',
    422,
    modelError('content_policy_violation', ['body', 'image_urls'], 'The image was flagged by a content checker.'),
  ],
  [
    '__invalid__',
    422,
    modelError('less_than_equal', ['body', 'num_images'], 'Input should be less than or equal to 4'),
  ],
  ['__fail__', 500, modelError('internal_server_error', ['body'], 'Internal server error')],
  ['__model_timeout__', 504, modelError('generation_timeout', ['body'], 'Generation timed out')],
  ['__downstream__', 400, modelError('downstream_service_error', ['body'], 'Downstream service error')],
];

function modelError(type: string, loc: readonly string[], msg: string) {
  return { detail: [{ loc, msg, type, url: `https://docs.fal.ai/errors#${type}`, ctx: {} }] };
}

/**
 * fal's queue, speaking the true wire, with its faults called by magic words in the prompt. After a submit is taken:
 * `__timeout__` never answers, `__500_after_accept__`, `__drop_after_accept__` and `__cut_accept__` lose the answer;
 * `__quick__`, `__slow__`, `__queued__`, `__stubborn__`, `__flaky__`, `__lost__` are about polling and cancelling; `__nsfw_output__`,
 * `__partial__`, `__no_pictures__`, `__no_dimensions__`, `__truncated__`, `__wrong_size__`, `__blank__`, `__webp__`,
 * `__expired__` about what comes out. `GET /-/jobs` and `POST /-/finish` let another process look and steer.
 */
export async function startFakeFal({ port, key = 'test-key', slowPolls }: FakeFalOptions = {}): Promise<FakeFal> {
  const jobs = createFakeJobs(slowPolls);
  const holds = createFakeHolds();
  const signer = createFakeSigner();
  const fake = await startFakeHost(handle, port);

  async function handle(req: IncomingMessage, res: ServerResponse, url: URL): Promise<ServerResponse> {
    const { pathname, searchParams } = url;
    const file = /^\/files\/([\w-]+)\/(\d+)\.\w+$/.exec(pathname);
    if (file) {
      const job = jobs.find(file[1] ?? '');
      await holds.pass('file', job?.prompt ?? '');
      return sendPicture(req, res, job);
    }
    if (pathname === '/-/jobs') return sendJson(res, 200, jobs.all);
    if (pathname === '/-/finish') {
      jobs.finish();
      return sendJson(res, 200, {});
    }
    if (pathname === '/.well-known/jwks.json') return sendJson(res, 200, signer.keySet);
    if (req.headers.authorization !== `Key ${key}`)
      return sendJson(res, 401, { detail: 'No user found for Key ID and Secret' });
    if (pathname === '/v1/models/pricing') return sendJson(res, 200, pricesOf(searchParams.getAll('endpoint_id')));
    if (pathname === '/v1/account/billing') return sendBilling(res, key);
    if (req.method === 'POST') return submit(req, res, url);
    // Only owner and alias: the sub-path of the endpoint is not part of a request's address.
    const [, id = '', verb] = /^\/[^/]+\/[^/]+\/requests\/([\w-]+)(\/status|\/cancel)?$/.exec(pathname) ?? [];
    const job = jobs.find(id);
    if (!job || job.prompt.includes('__lost__')) return sendJson(res, 404, { status: 'NOT_FOUND' });
    if (verb === '/cancel') return cancel(res, job);
    await holds.pass(verb === '/status' ? 'poll' : 'result', job.prompt);
    return verb === '/status' ? sendStatus(res, job) : sendResult(res, job);
  }

  async function submit(req: IncomingMessage, res: ServerResponse, url: URL): Promise<ServerResponse> {
    const path = url.pathname.slice(1);
    const input = (await json(req)) as Record<string, unknown>;
    const hasNoWords = /upscale|background/.test(path);
    if (typeof input.prompt !== 'string' && !hasNoWords)
      return sendJson(res, 422, modelError('missing', ['body', 'prompt'], 'Field required'));
    const prompt = String(input.prompt ?? '');
    await holds.pass('submit', prompt);
    const refusal = REFUSALS.find(([word]) => prompt.includes(word));
    if (refusal) return sendJson(res, refusal[1], refusal[2]);
    const job = jobs.add(path, input, prompt, url.searchParams.get('fal_webhook'));
    await holds.pass('accept', prompt);
    const links = `${fake.url}/${path.split('/').slice(0, 2).join('/')}/requests/${job.id}`;
    const body = {
      status: 'IN_QUEUE',
      request_id: job.id,
      response_url: links,
      status_url: `${links}/status`,
      cancel_url: `${links}/cancel`,
      queue_position: 0,
    };
    return sendAccepted(res, prompt, { status: 200, body });
  }

  function sendStatus(res: ServerResponse, job: FakeJob): ServerResponse {
    jobs.advance(job);
    if (sendBroken(res, job)) return res;
    const isDone = job.state === 'ended';
    return sendJson(res, isDone ? 200 : 202, {
      status: STATES[job.state],
      request_id: job.id,
      ...(job.state === 'waiting' && { queue_position: 0 }),
      ...(isDone && { logs: null, metrics: { inference_time: 3.2 } }),
    });
  }

  async function sendResult(res: ServerResponse, job: FakeJob): Promise<ServerResponse> {
    if (job.state !== 'ended')
      return sendJson(res, 400, { detail: 'Request is still in progress', status: STATES[job.state] });
    if (job.isCancelled) return sendJson(res, 499, { detail: 'Request was cancelled', error_type: 'client_cancelled' });
    const failure = FAILURES.find(([word]) => job.prompt.includes(word));
    if (failure) return sendJson(res, failure[1], failure[2]);
    const count = job.prompt.includes('__no_pictures__') ? 0 : pictureCount(job);
    const size = await pictureSize(job);
    const hasSizes = !job.path.includes('nano-banana') && !job.prompt.includes('__no_dimensions__');
    const isRefused = job.prompt.includes('__nsfw_output__');
    const format = fileFormat(job);
    const field = resultField(job);
    const files = Array.from({ length: count }, (_, index) => ({
      url: `${fake.url}/files/${job.id}/${index}.${format}`,
      content_type: `${field === 'video' ? 'video' : 'image'}/${format}`,
      file_name: `${index}.${format}`,
      file_size: null,
      width: hasSizes ? size.width : null,
      height: hasSizes ? size.height : null,
    }));
    res.setHeader('x-fal-request-id', job.id);
    res.setHeader('x-fal-billable-units', ((count * size.width * size.height) / 1_000_000).toFixed(2));
    return sendJson(res, 200, {
      [field]: field === 'images' ? files : files[0],
      timings: { inference: 3.2 },
      seed: Number(job.input.seed ?? 438_067_529),
      has_nsfw_concepts: files.map(() => isRefused),
      prompt: job.prompt,
    });
  }

  function cancel(res: ServerResponse, job: FakeJob): ServerResponse {
    if (job.state === 'ended') return sendJson(res, 400, { status: 'ALREADY_COMPLETED' });
    jobs.cancel(job);
    return sendJson(res, 202, { status: 'CANCELLATION_REQUESTED' });
  }

  return { ...fake, jobs, hold: holds.hold, signed: signer.signed };
}

const STATES = { waiting: 'IN_QUEUE', running: 'IN_PROGRESS', ended: 'COMPLETED' } as const;

/** Only keys of the admin's scope are told what is left. */
function sendBilling(res: ServerResponse, key: string): ServerResponse {
  if (!key.startsWith('admin'))
    return sendJson(res, 403, { error: { type: 'authorization_error', message: 'This needs an Admin API key' } });
  return sendJson(res, 200, { username: 'studio', credits: { current_balance: 24.5, currency: 'USD' } });
}

/** fal leaves out what it does not know. */
function pricesOf(endpoints: readonly string[]) {
  const prices = endpoints
    .filter((endpoint) => !endpoint.includes('gone'))
    .map((endpoint_id) => ({ endpoint_id, unit_price: 0.025, unit: 'megapixels', currency: 'USD' }));
  return { prices, next_cursor: null, has_more: false };
}

/** The picture store's part: public links, so a key has no business there. */
async function sendPicture(
  req: IncomingMessage,
  res: ServerResponse,
  job: FakeJob | undefined,
): Promise<ServerResponse> {
  if (req.headers.authorization) return sendJson(res, 400, { detail: 'a key was sent to the picture store' });
  if (!job) return sendJson(res, 404, { detail: 'no such file' });
  const format = job.input.output_format === 'jpeg' ? 'jpeg' : 'png';
  return sendFile(res, { prompt: job.prompt, size: await pictureSize(job), format, seconds: videoLength(job) });
}
