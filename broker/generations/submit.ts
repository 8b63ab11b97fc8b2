import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FailureReason } from '../../shared/failures.ts';
import type { Ledger } from '../ledger/index.ts';
import { type Delivery, type Provider, ProviderFault, type ProviderJob } from '../providers/provider.ts';
import { type StoredGeneration, toFields, toProviderRequest } from './generation.ts';
import {
  AT_ONCE,
  abandon,
  addOrphan,
  CALL_DEADLINE,
  DONE,
  fail,
  HOLD_LIFE,
  isRedisAway,
  moveTo,
  type Next,
  type RunOptions,
} from './step.ts';
import { takeIn } from './take-in.ts';

/** How long a job's id is tried to be written while Redis is away, in ms; a drain ends it earlier. */
const KEEP_DEADLINE = 10 * 60_000;

/** Between two such tries, in ms. */
const KEEP_PAUSE = 500;

/** Stands for the job of a provider that has handed over everything in its answer: it is kept beside the pictures. */
const DELIVERED = { delivered: true } satisfies ProviderJob;

/** Refusals that say nothing about what was asked for: another provider may well take it. */
const NOT_ABOUT_THE_REQUEST: ReadonlySet<FailureReason> = new Set([
  'rate_limited',
  'capacity',
  'auth',
  'out_of_balance',
  'model_gone',
  'timeout',
  'provider_error',
]);

/** The paid call. The intent is in the record before it is made, and the job's id right after. */
export async function submit(
  options: RunOptions,
  generation: StoredGeneration,
  provider: Provider,
  signal: AbortSignal,
): Promise<Next> {
  const { generationId, details } = generation;
  const { route } = details;
  if (details.cancellation) return fail(options, generation, 'cancelled');
  if (!options.health.isUp(route)) return takeNextPath(options, generation, 'capacity');
  const waitMs = await options.slots.take(generation, provider.limits);
  if (waitMs > 0) return { done: false, afterMs: waitMs, polls: 0 };
  const inputs = await options.uploads.load(generation.memberId, details.settings);
  if (!inputs) return fail(options, generation, 'input_gone');
  if (!(await moveTo(options, generation, 'submitting', [generation.stage]))) return AT_ONCE;
  // A hint that nothing has to wait for.
  void options.events.publish(generationId, { progress: null });
  try {
    // Not ended by a drain: a paid call that is cut off may have been taken all the same.
    const deadline = AbortSignal.timeout(provider.submitDeadline);
    const request = { ...toProviderRequest(generation, inputs), webhookUrl: options.webhookUrl(generationId) };
    const submission = await provider.submit(request, deadline);
    if (submission.state === 'submitted') {
      const { job } = submission;
      if (await keepJob(options, generation, job, signal)) {
        return { done: false, afterMs: provider.pollDelay(0), polls: 0 };
      }
      await stopOrphan(options, generation, provider, job);
      return DONE;
    }
    await options.assets.keepDelivery(generationId, submission);
    return await takeDelivered(options, generation, provider, submission, signal);
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    const { reason, outcomeUnknown, cause } = error;
    options.logger.warn({ err: error, generationId }, 'the provider did not take the job');
    options.health.failed(route, reason, cause);
    if (!outcomeUnknown) return takeNextPath(options, generation, reason);
    return provider.submitIsRepeatable ? AT_ONCE : abandon(options, generation, reason);
  }
}

/**
 * Goes on after a paid call that somebody died over: with what it delivered, where that was kept before. Otherwise the
 * provider may have taken it, and must not be asked again.
 */
export async function resume(
  options: RunOptions,
  generation: StoredGeneration,
  provider: Provider,
  signal: AbortSignal,
): Promise<Next> {
  const delivery = await options.assets.readDelivery(generation.generationId);
  return delivery
    ? takeDelivered(options, generation, provider, delivery, signal)
    : abandon(options, generation, 'interrupted');
}

/** What was given up meanwhile is taken in too: it is the person's, free of charge. */
async function takeDelivered(
  options: RunOptions,
  generation: StoredGeneration,
  provider: Provider,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Next> {
  await keepJob(options, generation, DELIVERED, signal);
  return takeIn(options, generation, provider, delivery, signal);
}

/**
 * Nobody has taken it, so it may go elsewhere: by the next path that is up, at no more than the price that was signed.
 * @param reason why it cannot go this way, which is what the person hears when there is no other.
 */
async function takeNextPath(options: RunOptions, generation: StoredGeneration, reason: FailureReason): Promise<Next> {
  const { generationId, stage, details } = generation;
  const { otherPaths = [], route } = details;
  const next = NOT_ABOUT_THE_REQUEST.has(reason)
    ? otherPaths.find((path) => options.health.isUp(path.route) && options.providers.has(path.route.provider))
    : undefined;
  if (!next) return fail(options, generation, reason);
  const left = otherPaths.filter((path) => path !== next);
  const from = stage === 'queued' ? (['queued', 'submitting'] as const) : (['submitting', stage] as const);
  const moved = await moveTo(options, generation, 'queued', from, toFields({ ...next, otherPaths: left }));
  if (!moved) return AT_ONCE;
  options.logger.warn({ generationId, reason, from: route, to: next.route }, 'a generation goes by its next route');
  await options.slots.release(generation);
  await options.enqueue({ generationId, details: { ...details, ...next, otherPaths: left } });
  return next.route.provider === route.provider ? AT_ONCE : DONE;
}

/**
 * Only this process knows the job's id yet, so it outlasts an outage of Redis rather than lose it. Of a generation that
 * has ended meanwhile, the job is listed as the house's, and noted in its record: for the operator, and for a result
 * that comes all the same.
 * @returns whether the generation goes on with this job.
 */
async function keepJob(
  options: RunOptions,
  generation: StoredGeneration,
  job: ProviderJob,
  signal: AbortSignal,
): Promise<boolean> {
  const { poolId, generationId } = generation;
  const { clock, ledger, logger } = options;
  const fields = toFields({ job: { ...job } });
  const move: Parameters<Ledger['advance']>[0] = {
    poolId,
    generationId,
    operationId: randomUUID(),
    from: ['submitting'],
    stage: 'submitted',
    ttlMs: HOLD_LIFE,
    fields: { ...fields, ...toFields({ submittedAt: clock() }) },
  };
  for (const end = clock() + KEEP_DEADLINE; ; ) {
    try {
      const { code } = await ledger.advance(move);
      if (code === 'OK' || code === 'REPLAY') return true;
      await addOrphan(options, generation, code, job);
      if (code === 'TERMINAL') await ledger.note({ poolId, generationId, fields });
      return code !== 'TERMINAL';
    } catch (error) {
      if (!isRedisAway(error) || clock() >= end || signal.aborted) {
        logger.error({ err: error, generationId, job }, 'the id of a provider job could not be kept');
        throw error;
      }
      await sleep(KEEP_PAUSE);
    }
  }
}

/**
 * Stops a job that nobody waits for, as far as its provider lets it. It stays listed, with the provider's word: what it
 * says it has stopped it may have begun. Not ended by a drain, because no other broker will do it.
 */
async function stopOrphan(
  { ledger, logger }: RunOptions,
  { poolId, generationId }: StoredGeneration,
  provider: Provider,
  job: ProviderJob,
): Promise<void> {
  const outcome = await provider.cancel(job, AbortSignal.timeout(CALL_DEADLINE)).catch((err: unknown) => {
    logger.warn({ err, generationId, job }, 'a job that nobody waits for could not be stopped');
    return 'running_on' as const;
  });
  logger.warn({ generationId, provider: provider.name, job, outcome }, 'a job that nobody waits for was to be stopped');
  if (outcome === 'cancelled') await ledger.note({ poolId, generationId, fields: toFields({ stopped: 'yes' }) });
}
