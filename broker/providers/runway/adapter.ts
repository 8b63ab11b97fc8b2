import { z } from 'zod';
import { checkAccount } from '../check-account.ts';
import { type Provider, ProviderFault, type ProviderStatus } from '../provider.ts';
import { refusedQuestion, refusedSubmit } from '../refusal.ts';
import { type Answer, createCall } from '../transport.ts';
import { readFailure, readRefusal } from './errors.ts';
import { abilitiesOn, toCall } from './inputs.ts';
import { Organization, Submitted, Task } from './wire.ts';

const API = 'https://api.dev.runwayml.com';

/** The version whose fields these are; without it every request is refused. */
const VERSION = '2024-11-06';

/** What one credit costs (docs.dev.runwayml.com "Pricing"). */
const USD_PER_CREDIT = 0.01;

/** Where pictures and videos lie, as seen in its answers (2025 to 2026). */
const STORES: ReadonlySet<string> = new Set([
  'dnznrvs05pmza.cloudfront.net',
  'd2jqrm6oza8nb6.cloudfront.net',
  'runway-task-artifacts.s3.amazonaws.com',
]);

export interface RunwayOptions {
  /** `RUNWAYML_API_SECRET` */
  readonly key: string;
  /** `RUNWAYML_BASE_URL`: a proxy or a recorded server. */
  readonly baseUrl?: string | undefined;
  /** How long to wait for an answer, in ms. */
  readonly timeouts?: { readonly submit: number; readonly ask: number };
}

/** What leads back to a task, as it lies in the generation's record. */
const Job = z.object({ id: z.string().regex(/^[\w-]+$/) });

/** Runway by its tasks, which are asked about. It has no webhooks and no idempotency keys, and queues what is too much. */
export function createRunway(options: RunwayOptions): Provider {
  const { key, baseUrl = API, timeouts = { submit: 45_000, ask: 20_000 } } = options;
  const call = createCall({ authorization: `Bearer ${key}`, 'x-runway-version': VERSION });
  const overriddenHost = baseUrl === API ? null : new URL(baseUrl).host;

  /** What is known about a task; null when nothing is. */
  async function taskOf(id: string, signal: AbortSignal): Promise<z.infer<typeof Task> | null> {
    const answer = await call('GET', `${baseUrl}/v1/tasks/${id}`, { signal, timeoutMs: timeouts.ask });
    if (answer.status === 404) return null;
    const task = Task.safeParse(accepted(answer).body);
    if (!task.success) throw new ProviderFault('provider_error', { cause: task.error, outcomeUnknown: false });
    return task.data;
  }

  return {
    name: 'runway',
    submitIsRepeatable: false,
    submitDeadline: timeouts.submit,
    // What is over the account's own limit is THROTTLED, which is a place in its queue.
    limits: { activeJobs: null, submitsPerMinute: null },
    // "No more often than once every five seconds for a given task" (its SDK).
    pollDelay: (attempt) => Math.min(15_000, Math.round(5_000 * 1.1 ** attempt)),
    serves: abilitiesOn,
    allowsHost: (host) => STORES.has(host) || host === overriddenHost,

    async submit(request, signal) {
      const { endpoint, body: json } = await toCall(request);
      const answer = await call('POST', `${baseUrl}${endpoint}`, { signal, timeoutMs: timeouts.submit, json });
      if (answer.status >= 300) throw refusedSubmit(answer, readRefusal(answer.status, answer.body));
      const submitted = Submitted.safeParse(answer.body);
      if (!submitted.success)
        throw new ProviderFault('provider_error', { cause: submitted.error, outcomeUnknown: true });
      return { state: 'submitted', job: submitted.data };
    },

    async poll(job, _request, signal) {
      const task = await taskOf(Job.parse(job).id, signal);
      return task ? readTask(task) : { state: 'failed', reason: 'provider_error', cause: 'the task is not known' };
    },

    /**
     * A deletion stops a task that has not ended, and throws away the result of one that has. So it is asked before,
     * and again afterwards.
     */
    async cancel(job, signal) {
      const { id } = Job.parse(job);
      const hasEnded = (task: z.infer<typeof Task> | null) => task?.status === 'SUCCEEDED';
      try {
        if (hasEnded(await taskOf(id, signal))) return 'running_on';
        accepted(await call('DELETE', `${baseUrl}/v1/tasks/${id}`, { signal, timeoutMs: timeouts.ask }));
        const after = await taskOf(id, signal);
        return after === null || after.status === 'CANCELLED' || after.status === 'FAILED' ? 'cancelled' : 'running_on';
      } catch (error) {
        if (error instanceof ProviderFault) return 'running_on';
        throw error;
      }
    },

    check: (paths, signal) =>
      checkAccount(async () => {
        const answer = await call('GET', `${baseUrl}/v1/organization`, { signal, timeoutMs: timeouts.ask });
        const { creditBalance, tier } = Organization.parse(accepted(answer).body);
        return {
          balance: `${creditBalance} credits ($${(creditBalance * USD_PER_CREDIT).toFixed(2)})`,
          unknownPaths: paths.filter((path) => !Object.hasOwn(tier.models, path)),
        };
      }),
  };
}

/** @throws ProviderFault for a question that was refused. */
function accepted(answer: Answer): Answer {
  if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
  return answer;
}

function readTask(task: z.infer<typeof Task>): ProviderStatus {
  switch (task.status) {
    case 'PENDING':
    case 'THROTTLED':
      return { state: 'queued' };
    case 'RUNNING':
      return { state: 'running', progress: task.progress ?? null };
    case 'SUCCEEDED': {
      if (task.output.length === 0)
        return { state: 'failed', reason: 'provider_error', cause: 'succeeded without a result' };
      return {
        state: 'succeeded',
        outputs: task.output.map((url) => ({ url, seed: null })),
        ...(task.cost && { cost: { kind: 'credits', credits: task.cost.credits, usdPerCredit: USD_PER_CREDIT } }),
      };
    }
    case 'FAILED': {
      const failure = readFailure(task.failureCode, task.failure);
      // "Moderated generations have the same credit cost as successful generations" (docs.dev.runwayml.com "Moderation").
      const billed = task.cost ? task.cost.credits > 0 : failure.reason.startsWith('moderated');
      return { state: 'failed', ...failure, ...(billed && { billed }) };
    }
    case 'CANCELLED':
      return { state: 'failed', reason: 'cancelled', cause: 'CANCELLED' };
    default:
      return task satisfies never;
  }
}
