import { z } from 'zod';
import { checkAccount } from '../check-account.ts';
import { type Provider, ProviderFault, type ProviderStatus } from '../provider.ts';
import { refusedQuestion, refusedSubmit } from '../refusal.ts';
import { type Answer, createCall } from '../transport.ts';
import { usableSeed } from '../usable-seed.ts';
import { readRefusal } from './errors.ts';
import { abilitiesOn, toInput } from './inputs.ts';
import { createPrices } from './prices.ts';
import { createWebhookCheck } from './webhook.ts';
import { BillableUnits, Result, Status, Submitted } from './wire.ts';

const PLATFORM = 'https://api.fal.ai';
const QUEUE = 'https://queue.fal.run';
const KEYS = 'https://rest.fal.ai/.well-known/jwks.json';

export interface FalOptions {
  /** `FAL_KEY` */
  readonly key: string;
  /** `FAL_BASE_URL`: a proxy or a recorded server in the queue's place. */
  readonly baseUrl?: string | undefined;
  /** How long to wait for an answer, in ms. */
  readonly timeouts?: { readonly submit: number; readonly ask: number };
  /** ms since 1970 */
  readonly clock?: () => number;
}

/** What leads back to a job, as it lies in the generation's record. */
const Job = z.object({
  requestId: z.string(),
  statusUrl: z.string(),
  responseUrl: z.string(),
  cancelUrl: z.string(),
});

/** Answers after which asking again may go better; the job itself is not touched by them. */
const ASK_AGAIN = new Set([401, 402, 403, 429, 502, 503]);

/**
 * fal.ai by its queue (docs.fal.ai "Queue"). It has no idempotency keys, so a submit is made once, and whatever leaves
 * its outcome open is reported as such.
 */
export function createFal(options: FalOptions): Provider {
  const { key, baseUrl = QUEUE, timeouts = { submit: 45_000, ask: 20_000 }, clock = Date.now } = options;
  const call = createCall({ authorization: `Key ${key}` });
  const callInPublic = createCall({});
  const base = baseUrl.replace(/\/+$/, '');
  const overriddenHost = base === QUEUE ? null : new URL(base).host;
  const prices = createPrices(ask, overriddenHost === null ? PLATFORM : base, clock);

  function ask(url: string, signal: AbortSignal): Promise<Answer> {
    return call('GET', url, { signal, timeoutMs: timeouts.ask });
  }

  function readKeys(signal: AbortSignal): Promise<Answer> {
    const url = overriddenHost === null ? KEYS : `${base}/.well-known/jwks.json`;
    return callInPublic('GET', url, { signal, timeoutMs: timeouts.ask });
  }

  async function statusOf(job: z.infer<typeof Job>, signal: AbortSignal): Promise<ProviderStatus | 'completed'> {
    const answer = await ask(job.statusUrl, signal);
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
        return 'completed';
      default:
        return status.data.status satisfies never;
    }
  }

  async function resultOf(job: z.infer<typeof Job>, path: string, signal: AbortSignal): Promise<ProviderStatus> {
    const answer = await ask(job.responseUrl, signal);
    const result = readResult(answer);
    if (result.state !== 'succeeded') return result;
    const cost = await prices.costOf(path, answer.headers, signal);
    return { ...result, ...(cost && { cost }) };
  }

  return {
    name: 'fal',
    submitIsRepeatable: false,
    submitDeadline: timeouts.submit,
    // It queues whatever is over the account's concurrency (docs.fal.ai "Queue").
    limits: { activeJobs: null, submitsPerMinute: null },
    pollDelay: (attempt) => Math.min(4_000, Math.round(400 * 1.25 ** attempt)),
    serves: abilitiesOn,
    allowsHost: (host) => host === 'fal.media' || host.endsWith('.fal.media') || host === overriddenHost,

    async submit(request, signal) {
      const json = await toInput(request);
      const { webhookUrl, route } = request;
      const hook = webhookUrl === null ? '' : `?${new URLSearchParams({ fal_webhook: webhookUrl })}`;
      const url = `${base}/${route.path}${hook}`;
      const answer = accepted(await call('POST', url, { signal, timeoutMs: timeouts.submit, json }));
      const submitted = Submitted.safeParse(answer.body);
      if (!submitted.success)
        throw new ProviderFault('provider_error', { cause: submitted.error, outcomeUnknown: true });
      const { request_id, status_url, response_url, cancel_url } = submitted.data;
      const [statusUrl, responseUrl, cancelUrl] = [status_url, response_url, cancel_url].map((url) =>
        onBase(url, base),
      );
      const job = Job.parse({ requestId: request_id, statusUrl, responseUrl, cancelUrl });
      return { state: 'submitted', job };
    },

    async poll(job, { route }, signal) {
      const known = Job.parse(job);
      const status = await statusOf(known, signal);
      return status === 'completed' ? resultOf(known, route.path, signal) : status;
    },

    signedWebhook: createWebhookCheck(readKeys, clock),

    check: (paths, signal) =>
      checkAccount(async () => ({
        unknownPaths: await prices.unpriced(paths, signal),
        balance: await prices.balance(signal),
      })),

    /**
     * fal only notes the wish (202), and a job that runs may finish and bill all the same. So it is asked afterwards:
     * what waits in the queue or has ended without pictures is stopped. Where it cannot be asked, the job counts as
     * running on.
     */
    async cancel(job, signal) {
      try {
        const known = Job.parse(job);
        const { status } = await call('PUT', known.cancelUrl, { signal, timeoutMs: timeouts.ask });
        if (status === 404) return 'cancelled';
        if (status !== 202) return 'running_on';
        const after = await statusOf(known, signal);
        const end = after === 'completed' ? readResult(await ask(known.responseUrl, signal)) : after;
        return end.state === 'queued' || (end.state === 'failed' && !end.billed) ? 'cancelled' : 'running_on';
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
  const failed = { state: 'failed', ...(mayBeBilled(answer) && { billed: true }) } as const;
  if (answer.status >= 300) {
    const { reason, cause } = readRefusal(answer.status, answer.body);
    const isGateway = ASK_AGAIN.has(answer.status) || (answer.status >= 500 && answer.body === null);
    if (isGateway || (answer.status === 400 && /still in progress/i.test(cause))) throw refused(answer);
    // The endpoint took the job, so a 404 here is about the job and not about the model.
    return { ...failed, reason: answer.status === 404 ? 'provider_error' : reason, cause };
  }
  const result = Result.safeParse(answer.body);
  if (!result.success) return { ...failed, reason: 'provider_error', cause: String(result.error) };
  const { image, video, seed, has_nsfw_concepts: flags } = result.data;
  const images = result.data.images ?? [image, video].filter((file) => file != null);
  if (images.length === 0) return { ...failed, reason: 'provider_error', cause: 'completed without pictures' };
  const outputs = images.flatMap(({ url }, index) =>
    // One seed makes the whole batch: alone it makes the first picture again, and only that.
    flags?.[index] === true ? [] : [{ url, seed: index === 0 ? usableSeed(seed) : null }],
  );
  const withheld = images.length - outputs.length;
  if (outputs.length === 0) return { ...failed, reason: 'moderated_output', cause: 'has_nsfw_concepts' };
  return { state: 'succeeded', outputs, ...(withheld > 0 && { uncertain: withheld }) };
}

/**
 * A request that succeeded is billed, whatever its pictures show. One with a fault of the caller's, such as a prompt that was
 * refused, may be: if a runner was at it before the fault was seen. Errors of fal's own never are (fal.ai/docs "FAQ"). Where
 * fal counts the units, they tell.
 */
function mayBeBilled({ status, headers }: Answer): boolean {
  const units = BillableUnits.safeParse(headers['x-fal-billable-units']);
  return units.success ? units.data > 0 : status < 300 || status === 400 || status === 422;
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
