import { z } from 'zod';
import { checkAccount } from '../check-account.ts';
import { type Provider, ProviderFault, type ProviderStatus } from '../provider.ts';
import { refusedQuestion, refusedSubmit } from '../refusal.ts';
import { type Answer, createCall } from '../transport.ts';
import { readFailure, readRefusal } from './errors.ts';
import { isServed, toInput } from './inputs.ts';
import { Credits, Generation } from './wire.ts';

const API = 'https://api.lumalabs.ai/dream-machine/v1';

export interface LumaOptions {
  /** `LUMA_API_KEY` */
  readonly key: string;
  /** `LUMA_BASE_URL`: a proxy or a recorded server. */
  readonly baseUrl?: string | undefined;
  /** How long to wait for an answer, in ms. */
  readonly timeouts?: { readonly submit: number; readonly ask: number };
}

/** What leads back to a generation of Luma's, as it lies in the record of ours. */
const Job = z.object({ id: z.string().regex(/^[\w-]+$/) });

/** Luma's Dream Machine, by polling; its callbacks are not signed, and it names no costs and has no idempotency keys. */
export function createLuma(options: LumaOptions): Provider {
  const { key, baseUrl = API, timeouts = { submit: 45_000, ask: 20_000 } } = options;
  const call = createCall({ authorization: `Bearer ${key}` });
  const overriddenHost = baseUrl === API ? null : new URL(baseUrl).host;

  function ask(method: 'GET' | 'DELETE', path: string, signal: AbortSignal): Promise<Answer> {
    return call(method, `${baseUrl}${path}`, { signal, timeoutMs: timeouts.ask });
  }

  async function statusOf(id: string, signal: AbortSignal): Promise<ProviderStatus> {
    const answer = await ask('GET', `/generations/${id}`, signal);
    if (answer.status === 404) return { state: 'failed', reason: 'provider_error', cause: 'the job is not known' };
    const generation = Generation.safeParse(accepted(answer).body);
    if (!generation.success)
      throw new ProviderFault('provider_error', { cause: generation.error, outcomeUnknown: false });
    return readGeneration(generation.data);
  }

  return {
    name: 'luma',
    submitIsRepeatable: false,
    submitDeadline: timeouts.submit,
    limits: { activeJobs: null, submitsPerMinute: null },
    pollDelay: (attempt) => Math.min(10_000, Math.round(3_000 * 1.15 ** attempt)),
    serves: (path) => (isServed(path) ? [] : null),
    allowsHost: (host) => host === 'storage.cdn-luma.com' || host === overriddenHost,

    async submit(request, signal) {
      const json = toInput(request);
      const answer = await call('POST', `${baseUrl}/generations`, { signal, timeoutMs: timeouts.submit, json });
      if (answer.status >= 300) throw refusedSubmit(answer, readRefusal(answer.status, answer.body));
      const generation = Generation.safeParse(answer.body);
      if (!generation.success)
        throw new ProviderFault('provider_error', { cause: generation.error, outcomeUnknown: true });
      return { state: 'submitted', job: { id: generation.data.id } };
    },

    poll: (job, _request, signal) => statusOf(Job.parse(job).id, signal),

    /**
     * A deletion takes a generation away, but nobody says that it stops one that has begun: so only one that waits is
     * deleted.
     */
    async cancel(job, signal) {
      const { id } = Job.parse(job);
      try {
        const before = await statusOf(id, signal);
        if (before.state !== 'queued') return before.state === 'failed' ? 'cancelled' : 'running_on';
        accepted(await ask('DELETE', `/generations/${id}`, signal));
        return (await statusOf(id, signal)).state === 'failed' ? 'cancelled' : 'running_on';
      } catch (error) {
        if (error instanceof ProviderFault) return 'running_on';
        throw error;
      }
    },

    check: (_paths, signal) =>
      checkAccount(async () => {
        const { credit_balance } = Credits.parse(accepted(await ask('GET', '/credits', signal)).body);
        // It has no list of its models.
        return { balance: `$${(credit_balance / 100).toFixed(2)}`, unknownPaths: null };
      }),
  };
}

/** @throws ProviderFault for a question that was refused. */
function accepted(answer: Answer): Answer {
  if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
  return answer;
}

function readGeneration({ state, failure_reason, assets }: z.infer<typeof Generation>): ProviderStatus {
  switch (state) {
    case 'queued':
      return { state: 'queued' };
    case 'dreaming':
      return { state: 'running', progress: null };
    case 'completed':
      if (!assets?.video) return { state: 'failed', reason: 'provider_error', cause: 'completed without a video' };
      return { state: 'succeeded', outputs: [{ url: assets.video, seed: null }] };
    case 'failed':
      return { state: 'failed', ...readFailure(failure_reason) };
    default:
      return state satisfies never;
  }
}
