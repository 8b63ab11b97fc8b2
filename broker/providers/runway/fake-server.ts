import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { sendFile } from '../fake-file.ts';
import { type FakeHost, sendAccepted, sendBroken, sendJson, startFakeHost } from '../fake-host.ts';
import { createFakeJobs, type FakeJob, type FakeJobs } from '../fake-jobs.ts';
import { sizeOfShape } from '../fake-size.ts';

export interface FakeRunway extends FakeHost {
  readonly jobs: FakeJobs;
}

/** How a submit ends without being taken, by the magic word in its prompt. */
const REFUSALS: readonly [word: string, status: number, body: unknown][] = [
  ['__401__', 401, { error: 'The API key is invalid.' }],
  ['__402__', 400, { error: 'You do not have enough credits to run this task.' }],
  ['__429__', 429, { error: 'You have reached your daily task limit.' }],
  ['__503__', 503, { error: 'Service unavailable' }],
  ['__gone__', 400, { error: 'Validation of body failed', issues: [{ path: ['model'], message: 'Invalid input' }] }],
  [
    '__invalid__',
    400,
    { error: 'Validation of body failed', issues: [{ path: ['ratio'], message: 'Invalid enum value' }] },
  ],
];

/** How a task fails, by the magic word in its prompt. */
const FAILURES: readonly [word: string, failureCode: string][] = [
  ['__moderate__', 'SAFETY.INPUT.TEXT'],
  ['__moderate_reference__', 'SAFETY.INPUT.IMAGE'],
  ['__nsfw_output__', 'SAFETY.OUTPUT.IMAGE'],
  ['__fail__', 'INTERNAL.BAD_OUTPUT.CODE01'],
  ['__downstream__', 'THIRD_PARTY.UNAVAILABLE'],
];

/** A video costs five credits a second, a picture five or eight. */
const CREDITS = { perSecond: 5, perPicture: 5 };

/** How many pixels a video has: only its shape is looked at. */
const VIDEO_PIXELS = 49_152;

/** Runway's tasks on the true wire. A deletion cancels a task that has not ended, and takes away one that has. */
export async function startFakeRunway({ key = 'test-key' }: { readonly key?: string } = {}): Promise<FakeRunway> {
  const jobs = createFakeJobs();
  const deleted = new Set<FakeJob>();
  const fake = await startFakeHost(handle);

  async function handle(req: IncomingMessage, res: ServerResponse, { pathname }: URL): Promise<ServerResponse> {
    const file = /^\/files\/([\w-]+)\//.exec(pathname);
    if (file) return sendResult(req, res, jobs.find(file[1] ?? ''));
    if (req.headers.authorization !== `Bearer ${key}`)
      return sendJson(res, 401, { error: 'You did not provide a valid API key.' });
    if (req.headers['x-runway-version'] !== '2024-11-06')
      return sendJson(res, 400, { error: 'The X-Runway-Version header is missing or not known.' });
    if (pathname === '/v1/organization')
      return sendJson(res, 200, {
        creditBalance: 1_240,
        tier: { maxMonthlyCreditSpend: 10_000, models: { gen4_image: {}, gen4_turbo: {} } },
        usage: { models: {} },
      });
    if (req.method === 'POST') return submit((await json(req)) as Record<string, unknown>, res, pathname);
    const job = jobs.find(/^\/v1\/tasks\/([\w-]+)$/.exec(pathname)?.[1] ?? '');
    if (!job || deleted.has(job) || job.prompt.includes('__lost__')) return sendJson(res, 404, { error: 'Not found' });
    if (req.method === 'DELETE') {
      if (job.state === 'ended') deleted.add(job);
      else jobs.cancel(job);
      return res.writeHead(204).end();
    }
    jobs.advance(job);
    if (sendBroken(res, job)) return res;
    return sendJson(res, 200, task(job));
  }

  function submit(input: Record<string, unknown>, res: ServerResponse, path: string): ServerResponse {
    const prompt = String(input.promptText ?? '');
    const refusal = REFUSALS.find(([word]) => prompt.includes(word));
    if (refusal) return sendJson(res, refusal[1], refusal[2]);
    const job = jobs.add(path, input, prompt);
    return sendAccepted(res, prompt, { status: 200, body: { id: job.id, estimatedCost: { credits: creditsOf(job) } } });
  }

  function task(job: FakeJob) {
    const about = { id: job.id, createdAt: '2026-11-24T12:00:00Z' };
    const estimated = { ...about, estimatedCost: { credits: creditsOf(job) } };
    if (job.isCancelled) return { ...about, status: 'CANCELLED', cost: { credits: 0 } };
    if (job.state === 'waiting')
      return { ...estimated, status: job.prompt.includes('__queued__') ? 'THROTTLED' : 'PENDING' };
    if (job.state === 'running') return { ...estimated, status: 'RUNNING', progress: 0.4 };
    const failure = FAILURES.find(([word]) => job.prompt.includes(word));
    if (failure) {
      const credits = failure[1].includes('SAFETY') ? creditsOf(job) : 0;
      return { ...about, status: 'FAILED', failure: 'why', failureCode: failure[1], cost: { credits } };
    }
    const output = [`${fake.url}/files/${job.id}/${isVideo(job) ? 'out.mp4' : 'out.png'}?_jwt=abc`];
    return {
      ...about,
      status: 'SUCCEEDED',
      output: job.prompt.includes('__no_pictures__') ? [] : output,
      cost: { credits: creditsOf(job) },
    };
  }

  return { ...fake, jobs };
}

function isVideo({ path }: FakeJob): boolean {
  return path.endsWith('_to_video');
}

function creditsOf(job: FakeJob): number {
  return isVideo(job) ? CREDITS.perSecond * Number(job.input.duration ?? 10) : CREDITS.perPicture;
}

/** The link alone lets in: a key has no business there. */
async function sendResult(
  req: IncomingMessage,
  res: ServerResponse,
  job: FakeJob | undefined,
): Promise<ServerResponse> {
  if (req.headers.authorization) return sendJson(res, 400, { error: 'a key was sent to the picture store' });
  if (!job) return sendJson(res, 404, { error: 'no such file' });
  const [width = 0, height = 0] = String(job.input.ratio).split(':').map(Number);
  if (!isVideo(job)) return sendFile(res, { prompt: job.prompt, size: { width, height } });
  const size = sizeOfShape(width / height, VIDEO_PIXELS, 2);
  return sendFile(res, { prompt: job.prompt, size, seconds: Number(job.input.duration ?? 10) });
}
