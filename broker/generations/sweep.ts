import type { Logger } from 'pino';
import type { Ledger } from '../ledger/index.ts';
import type { GenerationEvents } from './generation-events.ts';
import type { GenerationStore } from './generation-store.ts';
import type { Jobs } from './jobs.ts';

export interface SweepOptions {
  readonly ledger: Ledger;
  readonly store: GenerationStore;
  readonly events: GenerationEvents;
  readonly jobs: Jobs;
  readonly logger: Logger;
  readonly clock: () => number;
}

/**
 * Finds every open hold and sees that someone works on it: what is not in a queue is queued again, and what waited past
 * its time without ever being sent is given back. Safe to run at any time, on any number of brokers.
 */
async function sweep({ ledger, store, events, jobs, clock }: SweepOptions): Promise<void> {
  for (const poolId of await ledger.listOpenPools()) {
    for (const { generationId, memberId, tag, dueAt } of await ledger.listOpenHolds(poolId)) {
      if (dueAt <= clock()) {
        const actor = 'broker:sweeper';
        const answer = await ledger.expire({ poolId, generationId, memberId, tag, reason: 'timeout', actor });
        if (answer.code === 'OK') await events.publish(generationId, { progress: null });
      }
      const generation = await store.find(generationId);
      if (generation?.hold === 'held') await jobs.enqueue(generation);
    }
  }
}

/** How often to sweep, in ms. */
const INTERVAL = 5_000;

/** Sweeps now, and from then on every few seconds. A sweep that fails is logged, and the next one tries again. */
export function startSweeper(options: SweepOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let running = Promise.resolve();
  const report = (err: unknown) => options.logger.warn({ err }, 'a sweep failed; the next one tries again');
  const once = () => {
    running = running.then(() => (stopping.signal.aborted ? undefined : sweep(options))).catch(report);
  };
  running = options.ledger.rebuildOpenPools().catch(report);
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
