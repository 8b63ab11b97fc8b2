import type { Logger } from 'pino';
import { ZodError } from 'zod';
import type { Alarms } from '../alarms/alarms.ts';
import { atEase } from '../at-ease.ts';
import type { Ledger, OpenHold } from '../ledger/index.ts';
import type { Spending } from '../limits/spending.ts';
import type { GenerationEvents } from './generation-events.ts';
import type { GenerationStore } from './generation-store.ts';
import type { Jobs } from './jobs.ts';

export interface SweepOptions {
  readonly ledger: Ledger;
  readonly store: GenerationStore;
  readonly events: GenerationEvents;
  readonly jobs: Pick<Jobs, 'serves' | 'enqueue'>;
  readonly spending: Pick<Spending, 'giveBack'>;
  readonly alarms: Alarms;
  readonly logger: Logger;
  readonly clock: () => number;
}

const ACTOR = 'broker:sweeper';

/** Between two holds, the sweeper rests so many times as long as it has worked. */
const EASE = 3;

/**
 * Finds every open hold and sees that someone works on it. Safe to run at any time, on any number of brokers. What goes
 * wrong with one of them stops none of the others.
 * @param told holds that the operator was called about.
 * @param known the holds that were open in the last sweep: a newer one is left to whoever has made it, who is about to
 *   queue it. null looks at all.
 * @returns the holds that are open.
 */
export async function sweep(
  options: SweepOptions,
  told: Set<string>,
  known: ReadonlySet<string> | null,
  signal: AbortSignal,
): Promise<Set<string>> {
  const { ledger, logger } = options;
  const rest = atEase(EASE, signal);
  const open = new Set<string>();
  for (const poolId of await ledger.listOpenPools()) {
    try {
      const { holds, unreadable } = await ledger.listOpenHolds(poolId);
      await callOperator(options, poolId, unreadable, told);
      for (const hold of holds) {
        if (signal.aborted) return open;
        open.add(hold.generationId);
        if (known && !known.has(hold.generationId)) continue;
        await look(options, hold).catch((err: unknown) =>
          logger.error({ err, generationId: hold.generationId }, 'a hold could not be looked after'),
        );
        await rest();
      }
    } catch (err) {
      logger.error({ err, poolId }, 'the holds of a pool could not be looked after');
    }
    await rest();
  }
  return open;
}

/**
 * Queues it again, unless it is queued. Once its time is over: what was never sent is given back, and so is what nobody
 * can ask about any more, because its provider is gone or its record cannot be read.
 */
async function look(options: SweepOptions, hold: OpenHold): Promise<void> {
  const { ledger, store, events, jobs, spending, clock } = options;
  const { poolId, generationId, memberId, tag } = hold;
  let wasSent = false;
  if (hold.dueAt <= clock()) {
    const { code } = await ledger.expire({ poolId, generationId, memberId, tag, reason: 'timeout', actor: ACTOR });
    if (code === 'OK') {
      const generation = await store.find(generationId).catch(() => null);
      const spend = generation?.details.spend;
      if (spend) await spending.giveBack(spend);
      return events.publish(generationId, { progress: null });
    }
    wasSent = code === 'SUBMITTED';
  }
  try {
    const generation = await store.find(generationId);
    if (generation?.hold !== 'held') return;
    if (jobs.serves(generation.details.route.provider)) await jobs.enqueue(generation);
    else if (wasSent) await giveBack(options, hold, 'its provider is not configured');
  } catch (error) {
    if (!wasSent || !(error instanceof ZodError)) throw error;
    await giveBack(options, hold, 'its record cannot be read');
  }
}

/** What such a hold was cannot be told, so nobody may end it: its credits stay held until the operator has looked. */
async function callOperator(
  { alarms }: SweepOptions,
  poolId: string,
  unreadable: readonly string[],
  told: Set<string>,
): Promise<void> {
  for (const generationId of unreadable.filter((id) => !told.has(id))) {
    told.add(generationId);
    const what = `The record of ${generationId}, an open hold, cannot be read. Its credits stay held. See admin audit ${poolId}.`;
    await alarms.raise({ kind: 'broken_pool', about: poolId, what, details: { generationId } });
  }
}

async function giveBack({ ledger, store, events, logger }: SweepOptions, hold: OpenHold, why: string): Promise<void> {
  const { poolId, generationId, memberId, tag } = hold;
  await store.addOrphan(generationId);
  logger.error({ generationId, why }, 'a provider job may be billed to the house');
  await ledger.release({ poolId, generationId, memberId, tag, state: 'failed', reason: 'model_gone', actor: ACTOR });
  await events.publish(generationId, { progress: null });
}

/** How often to sweep, in ms. */
const INTERVAL = 5_000;

/** How often to look at all pools for open holds that the index does not know of, in ms. */
const REBUILD_INTERVAL = 24 * 3_600_000;

/** Sweeps now, and from then on every few seconds. A sweep that fails is logged, and the next one tries again. */
export function startSweeper(options: SweepOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let rebuiltAt = Number.NEGATIVE_INFINITY;
  let known: ReadonlySet<string> | null = null;
  const told = new Set<string>();
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    try {
      const startedAt = options.clock();
      if (startedAt - rebuiltAt >= REBUILD_INTERVAL) {
        await options.ledger.rebuildOpenPools();
        rebuiltAt = startedAt;
      }
      known = await sweep(options, told, known, stopping.signal);
    } catch (err) {
      options.logger.warn({ err }, 'a sweep failed; the next one tries again');
    } finally {
      running = null;
    }
  }
  const once = () => {
    running ??= run();
  };
  once();
  const timer = setInterval(once, INTERVAL);
  return {
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}
