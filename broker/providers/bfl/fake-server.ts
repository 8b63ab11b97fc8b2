import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import sharp from 'sharp';
import { type Pixels, parseRatio } from '../../../shared/catalogue/size.ts';
import { sendFile } from '../fake-file.ts';
import { type FakeHost, sendAccepted, sendBroken, sendJson, startFakeHost } from '../fake-host.ts';
import { createFakeJobs, type FakeJob, type FakeJobs } from '../fake-jobs.ts';
import { sizeOfShape } from '../fake-size.ts';

export interface FakeBfl extends FakeHost {
  readonly jobs: FakeJobs;
}

/** How a submit ends without being taken, by the magic word in its prompt. */
const REFUSALS: readonly [word: string, status: number, body: unknown][] = [
  ['__401__', 403, { detail: 'Not authenticated - Invalid API key' }],
  ['__402__', 402, { detail: 'Insufficient credits' }],
  ['__429__', 429, { detail: 'Maximum active requests exceeded' }],
  ['__503__', 503, { detail: 'Service unavailable' }],
  ['__gone__', 404, { detail: 'Not Found' }],
  [
    '__invalid__',
    422,
    {
      detail: [
        { loc: ['body', 'width'], msg: 'Input should be a multiple of 16', type: 'multiple_of', input: 'secret plans' },
      ],
    },
  ],
];

/** How a job that was taken ends without a picture. */
const FAILURES: readonly [word: string, status: string, details: unknown][] = [
  ['__moderate__', 'Request Moderated', { 'Moderation Reasons': ['Copyright'] }],
  ['__nsfw_output__', 'Content Moderated', { 'Moderation Reasons': ['Nudity'] }],
  ['__fail__', 'Error', null],
  ['__lost__', 'Task not found', null],
];

/** What FLUX.2 costs in credits, by megapixel: enough for a fake. */
const CREDITS_PER_MEGAPIXEL = 3;

/**
 * Black Forest Labs' API on the true wire. Jobs are asked about on another port, as in a region of its own; a picture's
 * link ends after ten minutes, which `__expired__` brings forward.
 */
export async function startFakeBfl({ key = 'test-key' }: { readonly key?: string } = {}): Promise<FakeBfl> {
  const jobs = createFakeJobs();
  const api = await startFakeHost(handle);
  const region = await startFakeHost(handlePoll);

  async function handle(req: IncomingMessage, res: ServerResponse, { pathname }: URL): Promise<ServerResponse> {
    const file = /^\/results\/([\w-]+)\/sample\.\w+$/.exec(pathname);
    if (file) return sendSample(req, res, jobs.find(file[1] ?? ''));
    if (pathname === '/openapi.json') return sendJson(res, 200, { openapi: '3.1.0', paths: { '/v1/flux-2-pro': {} } });
    if (req.headers['x-key'] !== key) return sendJson(res, 403, { detail: 'Not authenticated - Invalid API key' });
    if (pathname === '/v1/credits') return sendJson(res, 200, { credits: 1_240.5 });
    // The global address does not know what a region is doing.
    if (pathname === '/v1/get_result') return sendJson(res, 200, task(null, 'Task not found'));
    return submit((await json(req)) as Record<string, unknown>, res, pathname);
  }

  async function submit(input: Record<string, unknown>, res: ServerResponse, path: string): Promise<ServerResponse> {
    const prompt = String(input.prompt);
    const refusal = REFUSALS.find(([word]) => prompt.includes(word));
    if (refusal) return sendJson(res, refusal[1], refusal[2]);
    const job = jobs.add(path, { ...input, ...(await sourceSize(input)) }, prompt);
    const { width, height } = sizeOf(job);
    const megapixels = (width * height) / 1_000_000;
    const body = {
      id: job.id,
      ...(input.webhook_url
        ? { status: 'Pending', webhook_url: input.webhook_url }
        : { polling_url: `${region.url}/v1/get_result?id=${job.id}` }),
      cost: Math.max(CREDITS_PER_MEGAPIXEL, megapixels * CREDITS_PER_MEGAPIXEL),
      input_mp: 0,
      output_mp: megapixels,
    };
    return sendAccepted(res, prompt, { status: 200, body });
  }

  async function handlePoll(req: IncomingMessage, res: ServerResponse, url: URL): Promise<ServerResponse> {
    if (req.headers['x-key'] !== key) return sendJson(res, 403, { detail: 'Not authenticated - Invalid API key' });
    const job = jobs.find(url.searchParams.get('id') ?? '');
    if (!job) return sendJson(res, 200, task(null, 'Task not found'));
    jobs.advance(job);
    if (sendBroken(res, job)) return res;
    if (job.state !== 'ended')
      return sendJson(res, 200, task(job, 'Pending', { progress: job.polls > 1 ? 0.5 : null }));
    const failure = FAILURES.find(([word]) => job.prompt.includes(word));
    if (failure) return sendJson(res, 200, task(job, failure[1], { details: failure[2] }));
    if (job.prompt.includes('__no_pictures__')) return sendJson(res, 200, task(job, 'Ready'));
    const result = {
      sample: `${api.url}/results/${job.id}/sample.${job.input.output_format}?se=2026&sig=abc`,
      prompt: job.prompt,
      seed: Number(job.input.seed ?? 42),
      start_time: 1,
      end_time: 2,
      duration: 1,
    };
    return sendJson(res, 200, task(job, 'Ready', { result }));
  }

  return { ...api, jobs, close: async () => void (await Promise.all([api.close(), region.close()])) };
}

function task(job: FakeJob | null, status: string, changes: Readonly<Record<string, unknown>> = {}) {
  return { id: job?.id ?? 'unknown', status, result: null, progress: null, details: null, preview: null, ...changes };
}

/** The signed link alone lets in: a key has no business there. */
async function sendSample(
  req: IncomingMessage,
  res: ServerResponse,
  job: FakeJob | undefined,
): Promise<ServerResponse> {
  if (req.headers['x-key']) return sendJson(res, 400, { detail: 'a key was sent to the picture store' });
  if (!job) return sendJson(res, 404, { detail: 'no such file' });
  const format = job.input.output_format === 'png' ? 'png' : 'jpeg';
  return sendFile(res, { prompt: job.prompt, size: sizeOf(job), format });
}

/** What is filled in stays as large as it was. */
async function sourceSize({ image }: Record<string, unknown>): Promise<Partial<Pixels>> {
  if (typeof image !== 'string') return {};
  const { width, height } = await sharp(Buffer.from(image, 'base64')).metadata();
  return { width, height };
}

function sizeOf({ input: { width, height, aspect_ratio: ratio } }: FakeJob): Pixels {
  if (width) return { width: Number(width), height: Number(height) };
  return sizeOfShape(parseRatio(String(ratio ?? '1:1')), 1_048_576, 16);
}
