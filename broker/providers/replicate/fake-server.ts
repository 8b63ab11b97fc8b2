import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { parseRatio } from '../../../shared/catalogue/size.ts';
import { sendFile } from '../fake-file.ts';
import { type FakeHost, sendAccepted, sendBroken, sendJson, startFakeHost } from '../fake-host.ts';
import { createFakeJobs, type FakeJob, type FakeJobs } from '../fake-jobs.ts';
import { sizeOfShape } from '../fake-size.ts';
import type { WebhookMessage } from '../provider.ts';

export interface FakeReplicateOptions {
  readonly key?: string;
  /** How many pixels its pictures have. */
  readonly pixels?: number;
}

export interface FakeReplicate extends FakeHost {
  readonly jobs: FakeJobs;
  /** A webhook about a job, signed at this time, in ms since 1970. */
  signed(job: FakeJob, at: number): WebhookMessage & { readonly headers: Record<string, string> };
}

/** How a submit ends without being taken, by the magic word in its prompt. */
const REFUSALS: readonly [word: string, status: number, title: string, detail: string][] = [
  ['__401__', 401, 'Unauthenticated', 'You did not pass a valid authentication token'],
  ['__402__', 402, 'Insufficient credit', 'You have insufficient credit to run this model.'],
  ['__429__', 429, '', 'Request was throttled. Your rate limit resets in ~30s.'],
  ['__503__', 503, 'Service Unavailable', 'Please try again later'],
  ['__gone__', 404, 'Not found', 'The requested resource could not be found.'],
  ['__invalid__', 422, 'Input validation failed', '- input.aspect_ratio: must be one of the following'],
];

/** How a prediction fails, by the magic word in its prompt. */
const FAILURES: readonly [word: string, error: string][] = [
  ['__moderate__', 'The input or output was flagged as sensitive. Please try again with different inputs. (E005)'],
  ['__nsfw_output__', 'NSFW content detected. Try running it again, or try a different prompt.'],
  ['__fail__', 'Prediction failed.'],
  ['__downstream__', 'Service is currently unavailable due to high demand. Please try again later. (E003)'],
  ['__model_timeout__', 'Prediction timed out after 30 minutes'],
];

/** The body of a submit. */
interface Submission {
  readonly input: Readonly<Record<string, unknown>>;
  readonly webhook?: string | null;
}

const STATES = { waiting: 'starting', running: 'processing', ended: 'succeeded' } as const;

/**
 * Replicate on the true wire: 201 for a prediction, one address or (`__array__`) several, 404 for one that is
 * `__lost__`, nothing left of one that is older than an hour (`__removed__`), and webhooks with a real HMAC.
 */
export async function startFakeReplicate(options: FakeReplicateOptions = {}): Promise<FakeReplicate> {
  const { key = 'test-key', pixels = 1_048_576 } = options;
  const jobs = createFakeJobs();
  const secret = randomBytes(24);
  const fake = await startFakeHost(handle);

  async function handle(req: IncomingMessage, res: ServerResponse, { pathname }: URL): Promise<ServerResponse> {
    const file = /^\/files\/([\w-]+)\//.exec(pathname);
    if (file) return sendPicture(req, res, jobs.find(file[1] ?? ''));
    if (req.headers.authorization !== `Bearer ${key}`)
      return sendJson(res, 401, { title: 'Unauthenticated', detail: 'no valid token', status: 401 });
    if (pathname === '/account') return sendJson(res, 200, { type: 'organization', username: 'studio' });
    if (pathname === '/webhooks/default/secret')
      return sendJson(res, 200, { key: `whsec_${secret.toString('base64')}` });
    const model = /^\/models\/([\w.-]+\/[\w.-]+)(\/predictions)?$/.exec(pathname);
    if (model?.[2]) return submit((await json(req)) as Submission, res, model[1] ?? '');
    if (model) return sendJson(res, model[1]?.includes('gone') ? 404 : 200, { name: model[1] });
    const [, id = '', verb] = /^\/predictions\/([\w-]+)(\/cancel)?$/.exec(pathname) ?? [];
    const job = jobs.find(id);
    if (!job || job.prompt.includes('__lost__')) return sendJson(res, 404, { detail: 'not found', status: 404 });
    if (verb) {
      if (job.state !== 'ended') jobs.cancel(job);
      return sendJson(res, 200, prediction(job));
    }
    jobs.advance(job);
    if (sendBroken(res, job)) return res;
    return sendJson(res, 200, prediction(job));
  }

  function submit({ input, webhook = null }: Submission, res: ServerResponse, path: string): ServerResponse {
    const prompt = String(input.prompt);
    const refusal = REFUSALS.find(([word]) => prompt.includes(word));
    if (refusal) {
      const [, status, title, detail] = refusal;
      return sendJson(res, status, { ...(title && { title }), detail, status });
    }
    const job = jobs.add(path, input, prompt, webhook);
    return sendAccepted(res, prompt, { status: 201, body: prediction(job) });
  }

  function prediction(job: FakeJob) {
    const { id, path, input, prompt } = job;
    const failure = FAILURES.find(([word]) => prompt.includes(word));
    const ended = job.isCancelled ? 'canceled' : failure ? 'failed' : 'succeeded';
    const status = job.isCancelled || job.state === 'ended' ? ended : STATES[job.state];
    const url = `${fake.url}/files/${id}/out.png`;
    const isRemoved = prompt.includes('__removed__') || prompt.includes('__no_pictures__');
    const output = prompt.includes('__array__') ? [url, url] : url;
    return {
      id,
      model: path,
      version: 'hidden',
      input,
      output: status === 'succeeded' && !isRemoved ? output : null,
      error: status === 'failed' ? failure?.[1] : null,
      logs: '',
      status,
      data_removed: isRemoved,
      urls: { get: `${fake.url}/predictions/${id}`, cancel: `${fake.url}/predictions/${id}/cancel` },
    };
  }

  /** Public links, so a key has no business there. */
  async function sendPicture(req: IncomingMessage, res: ServerResponse, job: FakeJob | undefined) {
    if (req.headers.authorization) return sendJson(res, 400, { detail: 'a key was sent to the picture store' });
    if (!job) return sendJson(res, 404, { detail: 'no such file' });
    const size = sizeOfShape(parseRatio(String(job.input.aspect_ratio ?? '16:9')), pixels, 8);
    return sendFile(res, { prompt: job.prompt, size });
  }

  return {
    ...fake,
    jobs,
    signed(job, at) {
      const body = Buffer.from(JSON.stringify(prediction(job)));
      const timestamp = String(Math.floor(at / 1_000));
      const signature = createHmac('sha256', secret)
        .update(`msg_${job.id}.${timestamp}.`)
        .update(body)
        .digest('base64');
      return {
        headers: {
          'webhook-id': `msg_${job.id}`,
          'webhook-timestamp': timestamp,
          // While a secret is replaced there are two.
          'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')} v1,${signature}`,
        },
        body,
        receivedAt: at,
      };
    },
  };
}
