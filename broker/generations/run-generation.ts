import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { InkpotError } from '../../shared/errors.ts';
import type { FailureReason } from '../../shared/failures.ts';
import { type Assets, BadOutput } from '../assets/assets.ts';
import type { Ledger, Stage } from '../ledger/index.ts';
import { type Delivery, type Provider, ProviderFault, type ProviderJob } from '../providers/provider.ts';
import type { Uploads } from '../uploads/uploads.ts';
import { jobOf, type StoredGeneration, toFields, toProviderRequest } from './generation.ts';
import type { GenerationStore } from './generation-store.ts';
import { type SettleOptions, settleWithout, settleWithPictures } from './settle.ts';

/** How long a provider may work on one job, in ms; after that it is cancelled as far as it allows, and released. */
const JOB_DEADLINE = 15 * 60_000;

/** How long one call to a provider may take, in ms. */
const CALL_DEADLINE = 60_000;

/** How long a job's id is tried to be written while Redis is away, in ms; a drain ends it earlier. */
const KEEP_DEADLINE = 10 * 60_000;

/** Between two such tries, in ms. */
const KEEP_PAUSE = 500;

/** How long the hold of a job that is being worked on stays safe from expiry, in ms. */
const HOLD_LIFE = 30 * 60_000;

/** What is left to do after a step: nothing, or another step after so many ms. */
export type Next = { readonly done: true } | { readonly done: false; readonly afterMs: number };

/** Stands for the job of a provider that has handed over everything in its answer: it is kept beside the pictures. */
const DELIVERED = { delivered: true } satisfies ProviderJob;

const DONE: Next = { done: true };
const AT_ONCE: Next = { done: false, afterMs: 0 };

/** What a worker needs to take one step of a generation. */
export interface RunOptions extends SettleOptions {
  readonly store: GenerationStore;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly assets: Assets;
  readonly uploads: Pick<Uploads, 'load'>;
  readonly clock: () => number;
}

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
  if (generation?.hold !== 'held') return DONE;
  const provider = options.providers.get(generation.details.route.provider);
  if (!provider) return fail(options, generation, 'model_gone', { billed: jobOf(generation) !== null });
  try {
    return await takeStep(options, generation, provider, polls, signal);
  } catch (error) {
    // What is ours to mend (a full disk, a bug) is tried again until its time is over: no hold stays for ever.
    if (signal.aborted || isRedisAway(error) || !isOverdue(options, generation)) throw error;
    options.logger.error({ err: error, generationId }, 'a generation is given up');
    return giveUp(options, generation, provider, signal);
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
        : abandon(options, generation, 'interrupted');
    case 'submitted':
    case 'storing':
      return poll(options, generation, provider, polls, signal);
    default:
      return generation.stage satisfies never;
  }
}

/** The paid call. The intent is in the record before it is made, and the job's id right after. */
async function submit(
  options: RunOptions,
  generation: StoredGeneration,
  provider: Provider,
  signal: AbortSignal,
): Promise<Next> {
  if (generation.details.cancellation) return fail(options, generation, 'cancelled');
  const inputs = await options.uploads.load(generation.memberId, generation.details.settings);
  if (!inputs) return fail(options, generation, 'input_gone');
  if (!(await moveTo(options, generation, 'submitting', [generation.stage]))) return AT_ONCE;
  await options.events.publish(generation.generationId, { progress: null });
  try {
    // Not ended by a drain: a paid call that is cut off may have been taken all the same.
    const deadline = AbortSignal.timeout(provider.submitDeadline);
    const submission = await provider.submit(toProviderRequest(generation, inputs), deadline);
    if (submission.state === 'submitted') {
      await keepJob(options, generation, submission.job, signal);
      return { done: false, afterMs: provider.pollDelay(0) };
    }
    await options.assets.keepDelivery(generation.generationId, submission);
    const kept = await keepJob(options, generation, DELIVERED, signal);
    return kept ? await store(options, generation, provider, submission, signal) : DONE;
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    options.logger.warn({ err: error, generationId: generation.generationId }, 'the provider did not take the job');
    if (!error.outcomeUnknown) return fail(options, generation, error.reason);
    return provider.submitIsRepeatable ? AT_ONCE : abandon(options, generation, error.reason);
  }
}

/**
 * Only this process knows the job's id yet, so it outlasts an outage of Redis rather than lose it.
 * @returns false when the generation has ended meanwhile.
 */
async function keepJob(
  options: RunOptions,
  generation: StoredGeneration,
  job: ProviderJob,
  signal: AbortSignal,
): Promise<boolean> {
  const { poolId, generationId } = generation;
  const { clock, ledger, logger } = options;
  const move: Parameters<Ledger['advance']>[0] = {
    poolId,
    generationId,
    operationId: randomUUID(),
    from: ['submitting'],
    stage: 'submitted',
    ttlMs: HOLD_LIFE,
    fields: toFields({ job: { ...job }, submittedAt: clock() }),
  };
  for (const end = clock() + KEEP_DEADLINE; ; ) {
    try {
      const { code } = await ledger.advance(move);
      const isKept = code === 'OK' || code === 'REPLAY';
      if (!isKept) await addOrphan(options, generation, code, job);
      return isKept;
    } catch (error) {
      if (!isRedisAway(error) || clock() >= end || signal.aborted) {
        logger.error({ err: error, generationId, job }, 'the id of a provider job could not be kept');
        throw error;
      }
      await sleep(KEEP_PAUSE);
    }
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
    return store(options, generation, provider, delivery, signal);
  }
  if (generation.details.cancellation === 'requested') {
    const outcome = await provider.cancel(job, callSignal(signal));
    if (outcome === 'cancelled') return fail(options, generation, 'cancelled');
    // A drain cuts the question off, which says nothing about the job.
    if (signal.aborted) return AT_ONCE;
    await options.store.setCancellation(generation, 'too_late');
  }
  const again: Next = { done: false, afterMs: provider.pollDelay(polls + 1) };
  try {
    const status = await provider.poll(job, toProviderRequest(generation), callSignal(signal));
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
        return fail(options, generation, status.reason);
      case 'succeeded':
        return await store(options, generation, provider, status, signal);
      default:
        return status satisfies never;
    }
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    options.logger.warn({ err: error, generationId: generation.generationId }, 'the provider could not be asked');
    return isOverdue(options, generation) ? giveUp(options, generation, provider, signal) : again;
  }
}

/** Keeps the pictures, then charges for those that are good. */
async function store(
  options: RunOptions,
  generation: StoredGeneration,
  provider: Provider,
  { outputs, cost }: Delivery,
  signal: AbortSignal,
): Promise<Next> {
  const { generationId, details } = generation;
  if (!(await moveTo(options, generation, 'storing', ['submitted', 'storing']))) return AT_ONCE;
  await options.events.publish(generationId, { progress: 1 });
  const wanted = outputs.slice(0, details.settings.count);
  const received = await Promise.all(
    wanted.map(async (output, index) => {
      try {
        const target = { generationId, index };
        return await options.assets.receive(output, { expected: details.size, provider, target, signal });
      } catch (error) {
        if (!(error instanceof BadOutput) || signal.aborted) throw error;
        options.logger.warn({ err: error, generationId, index }, 'a picture cannot be used');
        return null;
      }
    }),
  );
  const good = received.filter((output) => output !== null);
  if (good.length === 0) await fail(options, generation, 'bad_output', { billed: true });
  else await settleWithPictures(options, generation, good, cost);
  await options.assets.dropDelivery(generationId);
  return DONE;
}

/** The provider has had its time: what it does from here on is the house's loss. */
async function giveUp(
  options: RunOptions,
  generation: StoredGeneration,
  provider: Provider,
  signal: AbortSignal,
): Promise<Next> {
  const job = jobOf(generation);
  const outcome = job
    ? await provider.cancel(job, callSignal(signal)).catch(() => 'running_on' as const)
    : 'running_on';
  if (signal.aborted && outcome !== 'cancelled') return AT_ONCE;
  return outcome === 'cancelled' ? fail(options, generation, 'timeout') : abandon(options, generation, 'timeout');
}

/** Releases a generation whose job may be running, and billed, out of our sight. */
async function abandon(options: RunOptions, generation: StoredGeneration, reason: FailureReason): Promise<Next> {
  await addOrphan(options, generation, reason);
  return fail(options, generation, reason, { billed: true });
}

async function fail(
  options: RunOptions,
  generation: StoredGeneration,
  reason: FailureReason,
  cost = { billed: false },
): Promise<Next> {
  await settleWithout(options, generation, reason, cost);
  return DONE;
}

/** @returns false when someone else has moved or ended the generation meanwhile. */
async function moveTo(
  options: RunOptions,
  { poolId, generationId }: StoredGeneration,
  stage: Stage,
  from: readonly Stage[],
): Promise<boolean> {
  const { code } = await options.ledger.advance({ poolId, generationId, stage, from, ttlMs: HOLD_LIFE });
  return code === 'OK' || code === 'REPLAY';
}

async function addOrphan(
  { store, logger }: RunOptions,
  generation: StoredGeneration,
  why: string,
  job = jobOf(generation),
): Promise<void> {
  const { generationId, details } = generation;
  logger.error(
    { generationId, provider: details.route.provider, job, why },
    'a provider job may be billed to the house',
  );
  await store.addOrphan(generationId);
}

function isRedisAway(error: unknown): boolean {
  return error instanceof InkpotError && error.code === 'broker_busy';
}

function isOverdue({ clock }: RunOptions, { details, createdAt }: StoredGeneration): boolean {
  return clock() - (details.submittedAt ?? createdAt) > JOB_DEADLINE;
}

function callSignal(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(CALL_DEADLINE)]);
}
