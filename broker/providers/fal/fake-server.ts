import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import sharp from 'sharp';
import { createFakeHolds, type FakeHolds } from '../fake-holds.ts';
import { sampleImage } from '../sample-image.ts';
import { createFakeJobs, type FakeJob, type FakeJobs, pictureCount, pictureSize } from './fake-jobs.ts';

export interface FakeFalOptions {
  readonly port?: number;
  /** The only key that is let in. */
  readonly key?: string;
  /** After how many polls a `__slow__` or `__queued__` job ends by itself. */
  readonly slowPolls?: number;
}

export interface FakeFal {
  readonly url: string;
  /** `host:port`, as in a URL. */
  readonly host: string;
  readonly jobs: FakeJobs;
  /** Holds one answer back, until it is let go. */
  readonly hold: FakeHolds['hold'];
  close(): Promise<void>;
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
export async function startFakeFal({
  port = 0,
  key = 'test-key',
  slowPolls = Number.POSITIVE_INFINITY,
}: FakeFalOptions = {}): Promise<FakeFal> {
  const jobs = createFakeJobs(slowPolls);
  const holds = createFakeHolds();
  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => res.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `http://${host}`;

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<ServerResponse> {
    const { pathname, searchParams } = new URL(req.url ?? '/', url);
    const file = /^\/files\/([\w-]+)\/(\d+)\.\w+$/.exec(pathname);
    if (file) {
      const job = jobs.find(file[1] ?? '');
      await holds.pass('file', job?.prompt ?? '');
      return sendFile(req, res, job);
    }
    if (pathname === '/-/jobs') return send(res, 200, jobs.all);
    if (pathname === '/-/finish') {
      jobs.finish();
      return send(res, 200, {});
    }
    if (req.headers.authorization !== `Key ${key}`)
      return send(res, 401, { detail: 'No user found for Key ID and Secret' });
    if (pathname === '/v1/models/pricing') return send(res, 200, pricesOf(searchParams.getAll('endpoint_id')));
    if (req.method === 'POST') return submit(req, res, pathname.slice(1));
    // Only owner and alias: the sub-path of the endpoint is not part of a request's address.
    const [, id = '', verb] = /^\/[^/]+\/[^/]+\/requests\/([\w-]+)(\/status|\/cancel)?$/.exec(pathname) ?? [];
    const job = jobs.find(id);
    if (!job || job.prompt.includes('__lost__')) return send(res, 404, { status: 'NOT_FOUND' });
    if (verb === '/cancel') return cancel(res, job);
    await holds.pass(verb === '/status' ? 'poll' : 'result', job.prompt);
    return verb === '/status' ? sendStatus(res, job) : sendResult(res, job);
  }

  async function submit(req: IncomingMessage, res: ServerResponse, path: string): Promise<ServerResponse> {
    const input = (await json(req)) as Record<string, unknown>;
    if (typeof input.prompt !== 'string')
      return send(res, 422, modelError('missing', ['body', 'prompt'], 'Field required'));
    await holds.pass('submit', input.prompt);
    const refusal = REFUSALS.find(([word]) => String(input.prompt).includes(word));
    if (refusal) return send(res, refusal[1], refusal[2]);
    const job = jobs.add(path, input);
    await holds.pass('accept', job.prompt);
    if (job.prompt.includes('__timeout__')) return res;
    if (job.prompt.includes('__500_after_accept__')) return send(res, 500, { detail: 'Internal Server Error' });
    if (job.prompt.includes('__drop_after_accept__')) return res.destroy();
    const links = `${url}/${path.split('/').slice(0, 2).join('/')}/requests/${job.id}`;
    const answer = {
      status: 'IN_QUEUE',
      request_id: job.id,
      response_url: links,
      status_url: `${links}/status`,
      cancel_url: `${links}/cancel`,
      queue_position: 0,
    };
    if (job.prompt.includes('__cut_accept__'))
      return res.writeHead(200, JSON_TYPE).end(JSON.stringify(answer).slice(0, 40));
    return send(res, 200, answer);
  }

  function sendStatus(res: ServerResponse, job: FakeJob): ServerResponse {
    jobs.advance(job);
    if (job.prompt.includes('__flaky__') && job.polls === 1) return res.writeHead(502).end('<html>Bad Gateway</html>');
    if (job.prompt.includes('__flaky__') && job.polls === 2)
      return res.writeHead(200, JSON_TYPE).end('{"status":"IN_PRO');
    const isDone = job.state === 'COMPLETED';
    return send(res, isDone ? 200 : 202, {
      status: job.state,
      request_id: job.id,
      ...(job.state === 'IN_QUEUE' && { queue_position: 0 }),
      ...(isDone && { logs: null, metrics: { inference_time: 3.2 } }),
    });
  }

  function sendResult(res: ServerResponse, job: FakeJob): ServerResponse {
    if (job.state !== 'COMPLETED') return send(res, 400, { detail: 'Request is still in progress', status: job.state });
    if (job.isCancelled) return send(res, 499, { detail: 'Request was cancelled', error_type: 'client_cancelled' });
    const failure = FAILURES.find(([word]) => job.prompt.includes(word));
    if (failure) return send(res, failure[1], failure[2]);
    const count = job.prompt.includes('__no_pictures__') ? 0 : pictureCount(job);
    const size = pictureSize(job);
    const hasSizes = !job.path.includes('nano-banana') && !job.prompt.includes('__no_dimensions__');
    const isRefused = job.prompt.includes('__nsfw_output__');
    const format = job.input.output_format === 'jpeg' ? 'jpeg' : 'png';
    const images = Array.from({ length: count }, (_, index) => ({
      url: `${url}/files/${job.id}/${index}.${format}`,
      content_type: `image/${format}`,
      file_name: `${index}.${format}`,
      file_size: null,
      width: hasSizes ? size.width : null,
      height: hasSizes ? size.height : null,
    }));
    res.setHeader('x-fal-request-id', job.id);
    res.setHeader('x-fal-billable-units', ((count * size.width * size.height) / 1_000_000).toFixed(2));
    return send(res, 200, {
      images,
      timings: { inference: 3.2 },
      seed: Number(job.input.seed ?? 438_067_529),
      has_nsfw_concepts: images.map(() => isRefused),
      prompt: job.prompt,
    });
  }

  function cancel(res: ServerResponse, job: FakeJob): ServerResponse {
    if (job.state === 'COMPLETED') return send(res, 400, { status: 'ALREADY_COMPLETED' });
    jobs.cancel(job);
    return send(res, 202, { status: 'CANCELLATION_REQUESTED' });
  }

  return {
    url,
    host,
    jobs,
    hold: holds.hold,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** fal leaves out what it does not know. */
function pricesOf(endpoints: readonly string[]) {
  const prices = endpoints
    .filter((endpoint) => !endpoint.includes('gone'))
    .map((endpoint_id) => ({ endpoint_id, unit_price: 0.025, unit: 'megapixels', currency: 'USD' }));
  return { prices, next_cursor: null, has_more: false };
}

const JSON_TYPE = { 'content-type': 'application/json' };

function send(res: ServerResponse, status: number, body: unknown): ServerResponse {
  return res.writeHead(status, JSON_TYPE).end(JSON.stringify(body ?? {}));
}

/** The picture store's part: public links, so a key has no business there. */
async function sendFile(req: IncomingMessage, res: ServerResponse, job: FakeJob | undefined): Promise<ServerResponse> {
  if (req.headers.authorization) return send(res, 400, { detail: 'a key was sent to the picture store' });
  if (!job) return send(res, 404, { detail: 'no such file' });
  if (job.prompt.includes('__expired__')) return send(res, 403, { detail: 'expired' });
  const bytes = await drawFile(job);
  const sent = job.prompt.includes('__truncated__') ? bytes.subarray(0, Math.floor(bytes.length * 0.6)) : bytes;
  return res.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': sent.length }).end(sent);
}

function drawFile(job: FakeJob): Promise<Buffer> {
  const { width, height } = pictureSize(job);
  if (job.prompt.includes('__blank__') || job.prompt.includes('__nsfw_output__')) {
    return sharp({ create: { width, height, channels: 3, background: '#000' } })
      .png()
      .toBuffer();
  }
  const isWrong = job.prompt.includes('__wrong_size__');
  const image = sampleImage({ width, height: isWrong ? Math.ceil(height / 2) : height });
  if (job.prompt.includes('__webp__')) return image.webp().toBuffer();
  return job.input.output_format === 'jpeg' ? image.jpeg().toBuffer() : image.png().toBuffer();
}
