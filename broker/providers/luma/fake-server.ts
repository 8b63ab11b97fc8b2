import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { parseRatio } from '../../../shared/catalogue/size.ts';
import { sendFile } from '../fake-file.ts';
import { type FakeHost, sendAccepted, sendBroken, sendJson, startFakeHost } from '../fake-host.ts';
import { createFakeJobs, type FakeJob, type FakeJobs } from '../fake-jobs.ts';
import { sizeOfShape } from '../fake-size.ts';

export interface FakeLuma extends FakeHost {
  readonly jobs: FakeJobs;
}

/** How a submit ends without being taken, by the magic word in its prompt. */
const REFUSALS: readonly [word: string, status: number, detail: unknown][] = [
  ['__401__', 403, 'Not authenticated'],
  ['__402__', 400, 'Insufficient credits'],
  ['__429__', 429, 'Too many requests'],
  ['__503__', 503, 'Service unavailable'],
  ['__gone__', 400, 'model is not supported'],
  ['__invalid__', 422, [{ loc: ['body', 'duration'], msg: 'Input should be 5s or 9s', type: 'literal_error' }]],
];

/** How a generation fails, by the magic word in its prompt. */
const FAILURES: readonly [word: string, reason: string][] = [
  ['__moderate__', '400: prompt not allowed because advanced moderation failed'],
  ['__nsfw_output__', 'Generated video did not pass moderation'],
  ['__fail__', 'Internal server error'],
];

const STATES = { waiting: 'queued', running: 'dreaming', ended: 'completed' } as const;

/** How many pixels a video has: only its shape is looked at. */
const VIDEO_PIXELS = 12_288;

/** Luma's Dream Machine on the true wire. What is deleted is gone, whether it had ended or not. */
export async function startFakeLuma({ key = 'test-key' }: { readonly key?: string } = {}): Promise<FakeLuma> {
  const jobs = createFakeJobs();
  const fake = await startFakeHost(handle);

  async function handle(req: IncomingMessage, res: ServerResponse, { pathname }: URL): Promise<ServerResponse> {
    const file = /^\/files\/([\w-]+)\//.exec(pathname);
    if (file) return sendVideo(req, res, jobs.find(file[1] ?? ''));
    if (req.headers.authorization !== `Bearer ${key}`) return sendJson(res, 403, { detail: 'Not authenticated' });
    if (pathname === '/credits') return sendJson(res, 200, { credit_balance: 1_240 });
    if (req.method === 'POST' && pathname === '/generations')
      return submit((await json(req)) as Record<string, unknown>, res);
    const job = jobs.find(/^\/generations\/([\w-]+)$/.exec(pathname)?.[1] ?? '');
    if (!job || job.isCancelled || job.prompt.includes('__lost__'))
      return sendJson(res, 404, { detail: 'Generation not found' });
    if (req.method === 'DELETE') {
      job.isCancelled = true;
      return res.writeHead(204).end();
    }
    jobs.advance(job);
    if (sendBroken(res, job)) return res;
    return sendJson(res, 200, generation(job));
  }

  function submit(input: Record<string, unknown>, res: ServerResponse): ServerResponse {
    const prompt = String(input.prompt);
    const refusal = REFUSALS.find(([word]) => prompt.includes(word));
    if (refusal) return sendJson(res, refusal[1], { detail: refusal[2] });
    const webhook = typeof input.callback_url === 'string' ? input.callback_url : null;
    const job = jobs.add(String(input.model), input, prompt, webhook);
    return sendAccepted(res, prompt, { status: 201, body: generation(job) });
  }

  function generation(job: FakeJob) {
    const { id, path, input, prompt } = job;
    const failure = job.state === 'ended' ? FAILURES.find(([word]) => prompt.includes(word)) : undefined;
    const hasVideo = job.state === 'ended' && !failure && !prompt.includes('__no_pictures__');
    return {
      id,
      generation_type: 'video',
      state: failure ? 'failed' : STATES[job.state],
      failure_reason: failure?.[1] ?? null,
      created_at: '2026-11-24T12:00:00Z',
      assets: hasVideo ? { video: `${fake.url}/files/${id}/video.mp4`, image: null, progress_video: null } : null,
      model: path,
      request: input,
    };
  }

  return { ...fake, jobs };
}

/** Public links, so a key has no business there. */
async function sendVideo(req: IncomingMessage, res: ServerResponse, job: FakeJob | undefined): Promise<ServerResponse> {
  if (req.headers.authorization) return sendJson(res, 400, { detail: 'a key was sent to the video store' });
  if (!job) return sendJson(res, 404, { detail: 'no such file' });
  const size = sizeOfShape(parseRatio(String(job.input.aspect_ratio ?? '16:9')), VIDEO_PIXELS, 4);
  return sendFile(res, { prompt: job.prompt, size, seconds: Number.parseInt(String(job.input.duration), 10) });
}
