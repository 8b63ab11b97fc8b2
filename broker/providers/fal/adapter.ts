import { z } from 'zod';
import { checkAccount } from '../check-account.ts';
import { type Provider, ProviderFault, type ProviderJob, type ProviderStatus } from '../provider.ts';
import { refusedQuestion, refusedSubmit } from '../refusal.ts';
import { type Answer, createCall } from '../transport.ts';
import { usableSeed } from '../usable-seed.ts';
import { readRefusal } from './errors.ts';
import { FAL_PATHS, toInput } from './inputs.ts';
import { unpriced } from './unpriced.ts';
import { Result, Status, Submitted } from './wire.ts';

const PLATFORM = 'https://api.fal.ai';
const QUEUE = 'https://queue.fal.run';

export interface FalOptions {
  /** `FAL_KEY` */
  readonly key: string;
  /** `FAL_BASE_URL`: a proxy or a recorded server in the queue's place. */
  readonly baseUrl?: string | undefined;
  /** How long to wait for an answer, in ms. */
  readonly timeouts?: { readonly submit: number; readonly ask: number };
}

/** What leads back to a job, as it lies in the generation's record. */
const Job = z.object({ requestId: z.string(), statusUrl: z.string(), responseUrl: z.string(), cancelUrl: z.string() });

/** Answers after which asking again may go better; the job itself is not touched by them. */
const ASK_AGAIN = new Set([401, 402, 403, 429, 502, 503]);

/**
 * fal.ai by its queue (docs.fal.ai "Queue"). It has no idempotency keys, so a submit is made once, and whatever leaves
 * its outcome open is reported as such.
 */
export function createFal({ key, baseUrl = QUEUE, timeouts = { submit: 45_000, ask: 20_000 } }: FalOptions): Provider {
  const call = createCall({ authorization: `Key ${key}` });
  const base = baseUrl.replace(/\/+$/, '');
  const overriddenHost = base === QUEUE ? null : new URL(base).host;

  function ask(url: string, signal: AbortSignal): Promise<Answer> {
    return call('GET', url, { signal, timeoutMs: timeouts.ask });
  }

  async function statusOf(job: ProviderJob, signal: AbortSignal): Promise<ProviderStatus> {
    const { statusUrl, responseUrl } = Job.parse(job);
    const answer = await ask(statusUrl, signal);
    if (answer.status === 404) return { state: 'failed', reason: 'provider_error', cause: 'fal does not know the job' };
    if (answer.status >= 300) throw refused(answer);
    const status = Status.safeParse(answer.body);
    if (!status.success) throw new ProviderFault('provider_error', { cause: status.error, outcomeUnknown: false });
    switch (status.data.status) {
      case 'IN_QUEUE':
        return { state: 'queued' };
      case 'IN_PROGRESS':
        return { state: 'running', progress: null };
      case 'COMPLETED':
        return readResult(await ask(responseUrl, signal));
      default:
        return status.data.status satisfies never;
    }
  }

  return {
    name: 'fal',
    submitIsRepeatable: false,
    submitDeadline: timeouts.submit,
    // It queues whatever is over the account's concurrency (docs.fal.ai "Queue").
    limits: { activeJobs: null, submitsPerMinute: null },
    pollDelay: (attempt) => Math.min(4_000, Math.round(400 * 1.25 ** attempt)),
    serves: (path) => (FAL_PATHS.includes(path) ? [] : null),
    allowsHost: (host) => host === 'fal.media' || host.endsWith('.fal.media') || host === overriddenHost,

    async submit(request, signal) {
      const json = toInput(request);
      const url = `${base}/${request.route.path}`;
      const answer = accepted(await call('POST', url, { signal, timeoutMs: timeouts.submit, json }));
      const submitted = Submitted.safeParse(answer.body);
      if (!submitted.success)
        throw new ProviderFault('provider_error', { cause: submitted.error, outcomeUnknown: true });
      const { request_id, status_url, response_url, cancel_url } = submitted.data;
      const [statusUrl, responseUrl, cancelUrl] = [status_url, response_url, cancel_url].map((url) =>
        onBase(url, base),
      );
      return { state: 'submitted', job: Job.parse({ requestId: request_id, statusUrl, responseUrl, cancelUrl }) };
    },

    poll: (job, _request, signal) => statusOf(job, signal),

    check: (paths, signal) =>
      checkAccount(async () => {
        const platform = overriddenHost === null ? PLATFORM : base;
        return { balance: null, unknownPaths: await unpriced((url) => ask(url, signal), platform, paths) };
      }),

    /**
     * fal only notes the wish (202), and a job that runs may finish and bill all the same. So it is asked afterwards:
     * what waits in the queue or has ended without pictures is stopped. Where it cannot be asked, the job counts as
     * running on.
     */
    async cancel(job, signal) {
      try {
        const { status } = await call('PUT', Job.parse(job).cancelUrl, { signal, timeoutMs: timeouts.ask });
        if (status === 404) return 'cancelled';
        if (status !== 202) return 'running_on';
        const after = await statusOf(job, signal);
        return after.state === 'queued' || after.state === 'failed' ? 'cancelled' : 'running_on';
      } catch (error) {
        if (error instanceof ProviderFault) return 'running_on';
        throw error;
      }
    },
  };
}

/** @throws ProviderFault for everything but an acceptance. */
function accepted(answer: Answer): Answer {
  if (answer.status < 300) return answer;
  throw refusedSubmit(answer, readRefusal(answer.status, answer.body));
}

function readResult(answer: Answer): ProviderStatus {
  if (answer.status >= 300) {
    const { reason, cause } = readRefusal(answer.status, answer.body);
    const isGateway = ASK_AGAIN.has(answer.status) || (answer.status >= 500 && answer.body === null);
    if (isGateway || (answer.status === 400 && /still in progress/i.test(cause))) throw refused(answer);
    // The endpoint took the job, so a 404 here is about the job and not about the model.
    return { state: 'failed', reason: answer.status === 404 ? 'provider_error' : reason, cause };
  }
  const result = Result.safeParse(answer.body);
  if (!result.success) return { state: 'failed', reason: 'provider_error', cause: String(result.error) };
  const { images, seed, has_nsfw_concepts: flags } = result.data;
  const kept = images.filter((_image, index) => flags?.[index] !== true);
  if (images.length > 0 && kept.length === 0) {
    return { state: 'failed', reason: 'moderated_output', cause: 'has_nsfw_concepts' };
  }
  if (kept.length === 0) return { state: 'failed', reason: 'provider_error', cause: 'completed without pictures' };
  // One seed makes the whole batch: alone it makes the first picture again, and only that.
  const outputs = kept.map(({ url }, index) => ({ url, seed: index === 0 ? usableSeed(seed) : null }));
  return { state: 'succeeded', outputs };
}

function refused({ status, body }: Answer): ProviderFault {
  return refusedQuestion(readRefusal(status, body));
}

/**
 * The links that fal returns carry the key, so they must lead to where the submit went. Behind a proxy they name fal's
 * own queue: they are moved onto the proxy.
 */
function onBase(link: string, base: string): string {
  if (link.startsWith(`${base}/`)) return link;
  if (link.startsWith(`${QUEUE}/`)) return `${base}${link.slice(QUEUE.length)}`;
  throw new ProviderFault('provider_error', { cause: `the job's links lead to ${link}`, outcomeUnknown: true });
}
