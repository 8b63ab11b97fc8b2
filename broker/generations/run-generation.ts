import type { FailureReason } from '../../shared/failures.ts';
import { type Provider, ProviderFault } from '../providers/provider.ts';
import { isGivenUp, jobOf, type StoredGeneration, toProviderRequest } from './generation.ts';
import { AT_ONCE, abandon, CALL_DEADLINE, DONE, fail, isRedisAway, type Next, type RunOptions } from './step.ts';
import { resume, submit } from './submit.ts';
import { takeIn } from './take-in.ts';

/** How long a provider may work on one job, in ms; after that it is cancelled as far as it allows, and released. */
const JOB_DEADLINE = 15 * 60_000;

/**
 * Takes one step of a generation from wherever its record says it stands. Every step may be the first after a crash, so
 * each one is decided by the record alone, and written to it before anything that costs money is done.
 * @param polls how often the provider has been asked, which sets the pace.
 * @param signal aborted when the broker drains: the step ends early, and another broker or the next start takes it up.
 */
export async function runGeneration(
  options: RunOptions,
  generationId: string,
  polls: number,
  signal: AbortSignal,
): Promise<Next> {
  const generation = await options.store.find(generationId);
  if (generation?.hold !== 'held') {
    // It may have ended while it had a slot and waited for its minute.
    if (generation) await options.slots.release(generation);
    // Whoever has settled it may have died before this.
    if (generation && jobOf(generation)?.delivered === true) await options.assets.dropDelivery(generationId);
    return generation && isGivenUp(generation) ? askOnceMore(options, generation, signal) : DONE;
  }
  const next = await takeStepOf(options, generation, polls, signal);
  if (next.done) await options.slots.release(generation);
  return next;
}

async function takeStepOf(
  options: RunOptions,
  generation: StoredGeneration,
  polls: number,
  signal: AbortSignal,
): Promise<Next> {
  const { generationId } = generation;
  const provider = options.providers.get(generation.details.route.provider);
  if (!provider) return endUnasked(options, generation, 'model_gone');
  try {
    return await takeStep(options, generation, provider, polls, signal);
  } catch (error) {
    // What is ours to mend (a full disk, a bug) is tried again until its time is over: no hold stays for ever.
    if (signal.aborted || isRedisAway(error)) throw error;
    // What counts is how far it is now: this step may have sent it, or ended it.
    const now = await options.store.find(generationId);
    if (now?.hold !== 'held' || !isOverdue(options, now)) throw error;
    options.logger.error({ err: error, generationId }, 'a generation is given up');
    return giveUp(options, now, provider, signal);
  }
}

async function takeStep(
  options: RunOptions,
  generation: StoredGeneration,
  provider: Provider,
  polls: number,
  signal: AbortSignal,
): Promise<Next> {
  switch (generation.stage) {
    case 'queued':
    case 'running':
      return submit(options, generation, provider, signal);
    case 'submitting':
      return provider.submitIsRepeatable
        ? submit(options, generation, provider, signal)
        : resume(options, generation, provider, signal);
    case 'submitted':
    case 'storing':
      return poll(options, generation, provider, polls, signal);
    default:
      return generation.stage satisfies never;
  }
}

async function poll(
  options: RunOptions,
  generation: StoredGeneration,
  provider: Provider,
  polls: number,
  signal: AbortSignal,
): Promise<Next> {
  const job = jobOf(generation);
  if (!job) return abandon(options, generation, 'interrupted');
  if (job.delivered === true) {
    const delivery = await options.assets.readDelivery(generation.generationId);
    if (!delivery) return abandon(options, generation, 'interrupted');
    return takeIn(options, generation, provider, delivery, signal);
  }
  const isToStop = generation.details.cancellation === 'requested';
  if (isToStop) {
    const outcome = await provider.cancel(job, callSignal(signal));
    if (outcome === 'cancelled') return fail(options, generation, 'cancelled');
    // A drain cuts the question off, which says nothing about the job.
    if (signal.aborted) return AT_ONCE;
  }
  const again: Next = { done: false, afterMs: provider.pollDelay(polls + 1) };
  try {
    const status = await provider.poll(job, toProviderRequest(generation), callSignal(signal));
    // Only now: a provider that cannot be reached has stopped nothing either, and is asked to once more.
    if (isToStop) await options.store.setCancellation(generation, 'too_late');
    switch (status.state) {
      case 'queued':
      case 'running':
        if (isOverdue(options, generation)) return giveUp(options, generation, provider, signal);
        await options.events.publish(generation.generationId, {
          progress: status.state === 'running' ? status.progress : null,
        });
        return again;
      case 'failed':
        options.logger.warn({ generationId: generation.generationId, cause: status.cause }, 'the provider failed');
        options.health.failed(generation.details.route, status.reason, status.cause);
        return status.billed ? abandon(options, generation, status.reason) : fail(options, generation, status.reason);
      case 'succeeded':
        return await takeIn(options, generation, provider, status, signal);
      default:
        return status satisfies never;
    }
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    options.logger.warn({ err: error, generationId: generation.generationId }, 'the provider could not be asked');
    return isOverdue(options, generation) ? giveUp(options, generation, provider, signal) : again;
  }
}

/** Somebody heard that a job which was given up has moved on after all. What it delivers is the person's. */
async function askOnceMore(options: RunOptions, generation: StoredGeneration, signal: AbortSignal): Promise<Next> {
  const provider = options.providers.get(generation.details.route.provider);
  const job = jobOf(generation);
  if (!provider || !job || job.delivered === true) return DONE;
  try {
    const status = await provider.poll(job, toProviderRequest(generation), callSignal(signal));
    return status.state === 'succeeded' ? await takeIn(options, generation, provider, status, signal) : DONE;
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    return DONE;
  }
}

/** The provider has had its time: what it does from here on is the house's loss. */
async function giveUp(
  options: RunOptions,
  generation: StoredGeneration,
  provider: Provider,
  signal: AbortSignal,
): Promise<Next> {
  const job = jobOf(generation);
  if (!job) return endUnasked(options, generation, 'timeout');
  const outcome = await provider.cancel(job, callSignal(signal)).catch(() => 'running_on' as const);
  if (signal.aborted && outcome !== 'cancelled') return AT_ONCE;
  return outcome === 'cancelled' ? fail(options, generation, 'timeout') : abandon(options, generation, 'timeout');
}

/** Ends what no provider can be asked about. Nobody can bill what was never sent. */
function endUnasked(options: RunOptions, generation: StoredGeneration, reason: FailureReason): Promise<Next> {
  const wasSent = generation.stage !== 'queued' && generation.stage !== 'running';
  return wasSent ? abandon(options, generation, reason) : fail(options, generation, reason);
}

function isOverdue({ clock }: RunOptions, { details, createdAt }: StoredGeneration): boolean {
  return clock() - (details.submittedAt ?? createdAt) > JOB_DEADLINE;
}

function callSignal(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(CALL_DEADLINE)]);
}
