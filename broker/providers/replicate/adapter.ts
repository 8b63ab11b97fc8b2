import { z } from 'zod';
import { checkAccount } from '../check-account.ts';
import { type Provider, ProviderFault, type ProviderStatus } from '../provider.ts';
import { refusedQuestion, refusedSubmit } from '../refusal.ts';
import { type Answer, createCall } from '../transport.ts';
import { readFailure, readRefusal } from './errors.ts';
import { isServed, toInput } from './inputs.ts';
import { createWebhookCheck } from './webhook.ts';
import { Output, Prediction } from './wire.ts';

const API = 'https://api.replicate.com/v1';

export interface ReplicateOptions {
  /** `REPLICATE_API_TOKEN` */
  readonly key: string;
  /** `REPLICATE_BASE_URL`: a proxy or a recorded server. */
  readonly baseUrl?: string | undefined;
  /** How long to wait for an answer, in ms. */
  readonly timeouts?: { readonly submit: number; readonly ask: number };
  /** ms since 1970 */
  readonly clock?: () => number;
}

/** What leads back to a job, as it lies in the generation's record. */
const Job = z.object({ id: z.string().regex(/^[\w-]+$/) });

/**
 * Replicate's official models, as predictions that are asked about. They cost what they cost a picture: it names no
 * price in its answers, and has no idempotency keys.
 */
export function createReplicate(options: ReplicateOptions): Provider {
  const { key, baseUrl = API, timeouts = { submit: 45_000, ask: 20_000 }, clock = Date.now } = options;
  const call = createCall({ authorization: `Bearer ${key}` });
  const overriddenHost = baseUrl === API ? null : new URL(baseUrl).host;

  async function ask(path: string, signal: AbortSignal): Promise<Answer> {
    const answer = await call('GET', `${baseUrl}${path}`, { signal, timeoutMs: timeouts.ask });
    if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
    return answer;
  }

  async function statusOf(id: string, signal: AbortSignal): Promise<ProviderStatus> {
    const answer = await call('GET', `${baseUrl}/predictions/${id}`, { signal, timeoutMs: timeouts.ask });
    if (answer.status === 404) return { state: 'failed', reason: 'provider_error', cause: 'the job is not known' };
    if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
    const prediction = Prediction.safeParse(answer.body);
    if (!prediction.success)
      throw new ProviderFault('provider_error', { cause: prediction.error, outcomeUnknown: false });
    return readPrediction(prediction.data);
  }

  async function isKnown(path: string, signal: AbortSignal): Promise<boolean> {
    const { status } = await call('GET', `${baseUrl}/models/${path}`, { signal, timeoutMs: timeouts.ask });
    return status !== 404;
  }

  return {
    name: 'replicate',
    submitIsRepeatable: false,
    submitDeadline: timeouts.submit,
    // "600 predictions a minute" (replicate.com/docs "Rate limits").
    limits: { activeJobs: null, submitsPerMinute: 600 },
    pollDelay: (attempt) => Math.min(4_000, Math.round(500 * 1.25 ** attempt)),
    serves: (path) => (isServed(path) ? [] : null),
    allowsHost: (host) =>
      host === 'replicate.delivery' || host.endsWith('.replicate.delivery') || host === overriddenHost,

    async submit(request, signal) {
      const { webhookUrl, route } = request;
      const json = {
        input: toInput(request),
        // Only the end is told: the steps before it may come after it.
        ...(webhookUrl !== null && { webhook: webhookUrl, webhook_events_filter: ['completed'] }),
      };
      const url = `${baseUrl}/models/${route.path}/predictions`;
      const answer = await call('POST', url, { signal, timeoutMs: timeouts.submit, json });
      if (answer.status >= 300) throw refusedSubmit(answer, readRefusal(answer.status, answer.body));
      const prediction = Prediction.safeParse(answer.body);
      if (!prediction.success)
        throw new ProviderFault('provider_error', { cause: prediction.error, outcomeUnknown: true });
      return { state: 'submitted', job: { id: prediction.data.id } };
    },

    poll: (job, _request, signal) => statusOf(Job.parse(job).id, signal),

    /** What has begun may still end: so it is asked afterwards, and where it cannot be asked, it counts as running on. */
    async cancel(job, signal) {
      const { id } = Job.parse(job);
      try {
        await call('POST', `${baseUrl}/predictions/${id}/cancel`, { signal, timeoutMs: timeouts.ask });
        return (await statusOf(id, signal)).state === 'failed' ? 'cancelled' : 'running_on';
      } catch (error) {
        if (error instanceof ProviderFault) return 'running_on';
        throw error;
      }
    },

    signedWebhook: createWebhookCheck((signal) => ask('/webhooks/default/secret', signal), clock),

    check: (paths, signal) =>
      checkAccount(async () => {
        await ask('/account', signal);
        const known = await Promise.all(paths.map((path) => isKnown(path, signal)));
        return { balance: null, unknownPaths: paths.filter((_path, index) => !known[index]) };
      }),
  };
}

function readPrediction({ status, output, error }: z.infer<typeof Prediction>): ProviderStatus {
  switch (status) {
    case 'starting':
      return { state: 'queued' };
    case 'processing':
      return { state: 'running', progress: null };
    case 'succeeded': {
      const urls = Output.safeParse(output);
      if (!urls.success || urls.data.length === 0)
        return { state: 'failed', reason: 'provider_error', cause: 'succeeded without pictures, or they are gone' };
      return { state: 'succeeded', outputs: urls.data.map((url) => ({ url, seed: null })) };
    }
    case 'failed':
      return { state: 'failed', ...readFailure(error) };
    case 'canceled':
      return { state: 'failed', reason: 'cancelled', cause: 'canceled' };
    // Its time was over before it began.
    case 'aborted':
      return { state: 'failed', reason: 'capacity', cause: 'aborted' };
    default:
      return status satisfies never;
  }
}
