import { z } from 'zod';
import { checkAccount } from '../check-account.ts';
import { type Provider, ProviderFault, type ProviderStatus } from '../provider.ts';
import { causeOf, refusedQuestion, refusedSubmit } from '../refusal.ts';
import { type Answer, createCall } from '../transport.ts';
import { usableSeed } from '../usable-seed.ts';
import { readRefusal } from './errors.ts';
import { abilitiesOn, toInput } from './inputs.ts';
import { Credits, Description, Submitted, Task } from './wire.ts';

const API = 'https://api.bfl.ai';

/** What one credit costs (docs.bfl.ai "Pricing"). */
const USD_PER_CREDIT = 0.01;

/** Where pictures lie: `delivery-eu4.bfl.ai`, `delivery-us1.bfl.ai`, … */
const DELIVERY = /^delivery(-[a-z]+\d*)?\.bfl\.ai$/;

/** Where jobs are asked about: `api.bfl.ai`, or a region's `api.eu.bfl.ai`, `api.us1.bfl.ai`. */
const REGION = /^https:\/\/api(\.[a-z]+\d*)?\.bfl\.ai\//;

export interface BflOptions {
  /** `BFL_API_KEY` */
  readonly key: string;
  /** `BFL_BASE_URL`: a region, a proxy or a recorded server. */
  readonly baseUrl?: string | undefined;
  /** How long to wait for an answer, in ms. */
  readonly timeouts?: { readonly submit: number; readonly ask: number };
}

/** What leads back to a job, as it lies in the generation's record, and what it was said to cost. */
const Job = z.object({ id: z.string(), pollingUrl: z.string(), credits: z.number().nullable() });

/**
 * Black Forest Labs, by polling: a submit with a webhook gets no `polling_url`, and a job that was sent to the global
 * address is only found again by that (docs.bfl.ai "Integration guidelines"). It makes one picture a call, cannot
 * cancel, and has no idempotency keys.
 */
export function createBfl({ key, baseUrl = API, timeouts = { submit: 45_000, ask: 20_000 } }: BflOptions): Provider {
  const call = createCall({ 'x-key': key });
  const overridden = baseUrl === API ? null : new URL(baseUrl);

  /** The link carries the key, so it must lead to BFL, or to the server that stands in its place. */
  function trusted(link: string): string {
    const isStandIn = URL.canParse(link) && new URL(link).hostname === overridden?.hostname;
    if (REGION.test(link) || isStandIn) return link;
    throw new ProviderFault('provider_error', { cause: `the job's link leads to ${link}`, outcomeUnknown: true });
  }

  return {
    name: 'bfl',
    submitIsRepeatable: false,
    submitDeadline: timeouts.submit,
    // "429: more than 24 active tasks" (docs.bfl.ai "Errors").
    limits: { activeJobs: 24, submitsPerMinute: null },
    pollDelay: (attempt) => Math.min(4_000, Math.round(500 * 1.25 ** attempt)),
    serves: abilitiesOn,
    allowsHost: (host) => DELIVERY.test(host) || host === overridden?.host,

    async submit(request, signal) {
      const json = toInput(request);
      const answer = await call('POST', `${baseUrl}${request.route.path}`, {
        signal,
        timeoutMs: timeouts.submit,
        json,
      });
      if (answer.status >= 300) throw refusedSubmit(answer, readRefusal(answer.status, answer.body));
      const submitted = Submitted.safeParse(answer.body);
      if (!submitted.success)
        throw new ProviderFault('provider_error', { cause: submitted.error, outcomeUnknown: true });
      const { id, polling_url, cost = null } = submitted.data;
      return { state: 'submitted', job: { id, pollingUrl: trusted(polling_url), credits: cost } };
    },

    async poll(job, _request, signal) {
      const { pollingUrl, credits } = Job.parse(job);
      const answer = await call('GET', pollingUrl, { signal, timeoutMs: timeouts.ask });
      if (answer.status === 404) return { state: 'failed', reason: 'provider_error', cause: 'the task is not known' };
      const task = Task.safeParse(accepted(answer).body);
      if (!task.success) throw new ProviderFault('provider_error', { cause: task.error, outcomeUnknown: false });
      return readTask(task.data, credits);
    },

    cancel: async () => 'running_on',

    check: (paths, signal) =>
      checkAccount(async () => {
        const answer = await call('GET', `${baseUrl}/v1/credits`, { signal, timeoutMs: timeouts.ask });
        const { credits } = Credits.parse(accepted(answer).body);
        return {
          balance: `${credits} credits ($${(credits * USD_PER_CREDIT).toFixed(2)})`,
          unknownPaths: await undescribed(paths, signal),
        };
      }),
  };

  /** The paths that the API's own description does not have; null where it is not handed out. */
  async function undescribed(paths: readonly string[], signal: AbortSignal): Promise<string[] | null> {
    const answer = await call('GET', `${baseUrl}/openapi.json`, { signal, timeoutMs: timeouts.ask });
    const described = Description.safeParse(answer.body);
    return described.success ? paths.filter((path) => !Object.hasOwn(described.data.paths, path)) : null;
  }
}

/** @throws ProviderFault for a question that was refused. */
function accepted(answer: Answer): Answer {
  if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
  return answer;
}

function readTask(task: z.infer<typeof Task>, credits: number | null): ProviderStatus {
  const cause = causeOf(task.status, JSON.stringify(task.details));
  switch (task.status) {
    case 'Pending':
      return { state: 'running', progress: task.progress ?? null };
    case 'Ready': {
      if (!task.result) return { state: 'failed', reason: 'provider_error', cause: 'ready without a picture' };
      const { sample, seed } = task.result;
      return {
        state: 'succeeded',
        outputs: [{ url: sample, seed: usableSeed(seed) }],
        ...(credits !== null && { cost: { kind: 'credits', credits, usdPerCredit: USD_PER_CREDIT } }),
      };
    }
    // The whole request, of which BFL does not say whether it was the words or a picture.
    case 'Request Moderated':
      return { state: 'failed', reason: 'moderated_input', cause };
    case 'Content Moderated':
      return { state: 'failed', reason: 'moderated_output', cause };
    case 'Task not found':
    case 'Error':
    case 'Failed':
      return { state: 'failed', reason: 'provider_error', cause };
    default:
      return task.status satisfies never;
  }
}
