import { z } from 'zod';
import { checkAccount } from '../check-account.ts';
import { fanOut } from '../fan-out.ts';
import { withinBytes } from '../fit-picture.ts';
import {
  type Ability,
  type Delivery,
  type Provider,
  ProviderFault,
  type ProviderOutput,
  type ProviderRequest,
  type ProviderStatus,
  type Submission,
} from '../provider.ts';
import { notSent, refusedQuestion, refusedSubmit } from '../refusal.ts';
import { type Answer, createCall } from '../transport.ts';
import { usableSeed } from '../usable-seed.ts';
import { readFailure, readRefusal } from './errors.ts';
import { FILM_MODELS, PICTURE_MODELS, toFilmInput, toPictureInput } from './inputs.ts';
import { Created, Pictures, Task } from './wire.ts';

const API = 'https://ark.ap-southeast.bytepluses.com/api/v3';

/** Where videos lie for a day: these buckets, in each region (seen in the field; ByteDance does not list them). */
const FILE_HOSTS = new Set(
  ['ap-southeast-1', 'eu-west-1'].flatMap((region) =>
    ['ark-content-generation', 'ark-content-generation-v2', 'ark-acg'].flatMap((bucket) =>
      ['volces.com', 'bytepluses.com'].map((domain) => `${bucket}-${region}.tos-${region}.${domain}`),
    ),
  ),
);

/** The most that a picture which goes in may have (docs.byteplus.com/en/docs/ModelArk/1541523). In bytes. */
const MAX_PICTURE = 10_000_000;

/** A picture of 16 megapixels as PNG in base64 has up to 70 MB. */
const MAX_ANSWER = 96 * 1024 * 1024;

export interface BytePlusOptions {
  /** `ARK_API_KEY` */
  readonly key: string;
  /** `ARK_BASE_URL`: another region, a proxy or a recorded server, with the version. */
  readonly baseUrl?: string | undefined;
  /** How long to wait for an answer, in ms: for a picture, which comes with the answer, and for anything else. */
  readonly timeouts?: { readonly picture: number; readonly ask: number };
}

/** What leads back to a video that is being made. */
const Job = z.object({ taskId: Created.shape.id });

/** ByteDance's models on BytePlus ModelArk: pictures while the caller waits, videos by tasks. */
export function createBytePlus({
  key,
  baseUrl = API,
  timeouts = { picture: 240_000, ask: 30_000 },
}: BytePlusOptions): Provider {
  const call = createCall({ authorization: `Bearer ${key}` }, { maxAnswer: MAX_ANSWER });
  const base = baseUrl.replace(/\/+$/, '');
  const overriddenHost = base === API ? null : new URL(base).host;
  const tasks = `${base}/contents/generations/tasks`;

  async function drawOne(request: ProviderRequest, index: number, signal: AbortSignal): Promise<Delivery> {
    const json = toPictureInput(request, index);
    const exchange = { signal, timeoutMs: timeouts.picture, json };
    const { body } = accepted(await call('POST', `${base}/images/generations`, exchange));
    return readPictures(body, 'seed' in json ? usableSeed(Number(json.seed)) : null);
  }

  async function startFilm(request: ProviderRequest, signal: AbortSignal): Promise<Submission> {
    const { body } = accepted(
      await call('POST', tasks, { signal, timeoutMs: timeouts.ask, json: toFilmInput(request) }),
    );
    const created = Created.safeParse(body);
    if (!created.success) throw new ProviderFault('provider_error', { cause: created.error, outcomeUnknown: true });
    return { state: 'submitted', job: Job.parse({ taskId: created.data.id }) };
  }

  async function statusOf(taskId: string, signal: AbortSignal): Promise<ProviderStatus> {
    const answer = await call('GET', `${tasks}/${taskId}`, { signal, timeoutMs: timeouts.ask });
    if (answer.status === 404) return { state: 'failed', reason: 'provider_error', cause: 'the task is unknown' };
    if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
    const task = Task.safeParse(answer.body);
    if (!task.success) throw new ProviderFault('provider_error', { cause: task.error, outcomeUnknown: false });
    return readTask(task.data);
  }

  return {
    name: 'byteplus',
    submitIsRepeatable: false,
    submitDeadline: timeouts.picture + 5_000,
    // They differ by model and account (console.byteplus.com), so nothing can be said beforehand.
    limits: { activeJobs: null, submitsPerMinute: null },
    pollDelay: (attempt) => Math.min(10_000, Math.round(3_000 * 1.25 ** attempt)),
    serves: (path): readonly Ability[] | null =>
      PICTURE_MODELS.includes(path) || FILM_MODELS.includes(path) ? ['references'] : null,
    allowsHost: (host) => FILE_HOSTS.has(host) || host === overriddenHost,

    async submit(given, signal) {
      const references = await Promise.all(given.references.map((picture) => withinBytes(picture, MAX_PICTURE)));
      const request = { ...given, references };
      const { path } = request.route;
      if (FILM_MODELS.includes(path)) return startFilm(request, signal);
      if (!PICTURE_MODELS.includes(path)) {
        throw notSent('model_gone', `no fields known for ${path}`);
      }
      return fanOut(request.settings.count, (index) => drawOne(request, index, signal));
    },

    poll: (job, _request, signal) => statusOf(Job.parse(job).taskId, signal),

    /**
     * DELETE stops a task that waits, refuses one that runs, and throws away the result of one that has ended. So it is
     * only sent to a task that waits.
     */
    async cancel(job, signal) {
      const { taskId } = Job.parse(job);
      try {
        if ((await statusOf(taskId, signal)).state !== 'queued') return 'running_on';
        const { status } = await call('DELETE', `${tasks}/${taskId}`, { signal, timeoutMs: timeouts.ask });
        return status < 300 ? 'cancelled' : 'running_on';
      } catch (error) {
        if (error instanceof ProviderFault) return 'running_on';
        throw error;
      }
    },

    // Its list of tasks is free to read. It tells no balance, and cannot be asked for its models with this key.
    check: (_paths, signal) =>
      checkAccount(async () => {
        const answer = await call('GET', `${tasks}?page_num=1&page_size=1`, { signal, timeoutMs: timeouts.ask });
        if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
        return { balance: null, unknownPaths: null };
      }),
  };
}

/** @throws ProviderFault for everything but an acceptance. */
function accepted(answer: Answer): Answer {
  if (answer.status < 300) return answer;
  throw refusedSubmit(answer, readRefusal(answer.status, answer.body));
}

/** @throws ProviderFault where there is no picture at all; `outcomeUnknown` where the answer cannot be understood. */
function readPictures(body: unknown, seed: number | null): Delivery {
  const answer = Pictures.safeParse(body);
  if (!answer.success) throw new ProviderFault('provider_error', { cause: answer.error, outcomeUnknown: true });
  const outputs = answer.data.data.flatMap<ProviderOutput>(({ b64_json: encoded, url }) => {
    if (encoded) return [{ bytes: Buffer.from(encoded, 'base64'), seed }];
    return url ? [{ url, seed }] : [];
  });
  if (outputs.length > 0) return { state: 'succeeded', outputs };
  const failure = answer.data.data.find(({ error }) => error)?.error;
  const { reason, cause } = readFailure(failure ?? { message: 'no pictures' });
  throw new ProviderFault(reason, { cause, outcomeUnknown: false });
}

function readTask({ status, content, error, seed }: z.infer<typeof Task>): ProviderStatus {
  switch (status) {
    case 'queued':
      return { state: 'queued' };
    case 'running':
      return { state: 'running', progress: null };
    case 'succeeded':
      if (!content?.video_url) return { state: 'failed', reason: 'provider_error', cause: 'succeeded without a video' };
      return { state: 'succeeded', outputs: [{ url: content.video_url, seed: usableSeed(seed) }] };
    case 'failed':
      return { state: 'failed', ...readFailure(error) };
    case 'cancelled':
      return { state: 'failed', reason: 'cancelled', cause: 'cancelled' };
    case 'expired':
      return { state: 'failed', reason: 'timeout', cause: 'it waited too long' };
    default:
      return status satisfies never;
  }
}
