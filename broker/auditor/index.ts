import { setTimeout as sleep } from 'node:timers/promises';
import { atEase } from '../at-ease.ts';
import type { Changes } from './changes.ts';
import { createFindings } from './findings.ts';
import { type LookOptions, lookAt } from './look-at.ts';
import { walk } from './walk.ts';

export interface AuditorOptions extends Omit<LookOptions, 'findings' | 'rest'> {
  /** What the ledger of this broker has changed. */
  readonly changes: Pick<Changes, 'take'>;
  /** How fast it works; see {@link PACE}. */
  readonly pace?: typeof PACE;
}

/** Checks in the running broker that every pool follows from its entries (design/ledger.md, "Invariants"). */
export interface Auditor {
  start(): void;
  /** Resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** All in ms, but for the last. */
const PACE = {
  /** Between two looks for something to do. */
  idle: 1_000,
  /** Between two looks whether the daily walk is to go on. */
  walk: 60_000,
  /** Between two portions, the auditor rests so many times as long as it has worked, and Redis with it. */
  ease: 19,
};

/**
 * Samples the pools that this broker has changed, the newest change first, and takes its turn at walking over all pools
 * once a day.
 */
export function createAuditor({ changes, pace = PACE, ...options }: AuditorOptions): Auditor {
  const { redis, logger, clock } = options;
  const look: LookOptions = { ...options, findings: createFindings(redis) };
  const stopping = new AbortController();
  let running: Promise<unknown> = Promise.resolve();

  /** One that cannot be looked at now, for want of Redis or by a bug, holds up no other. */
  async function visit(poolId: string): Promise<void> {
    const rest = atEase(pace.ease, stopping.signal);
    await lookAt({ ...look, rest }, poolId).catch((err: unknown) =>
      logger.warn({ err, poolId }, 'a pool could not be audited'),
    );
    await rest();
  }

  async function sample(): Promise<void> {
    while (!stopping.signal.aborted) {
      const poolId = changes.take();
      await (poolId === undefined ? pause(pace.idle) : visit(poolId));
    }
  }

  async function walkDaily(): Promise<void> {
    while (!stopping.signal.aborted) {
      await walk({ redis, visit, clock }, stopping.signal).catch((err: unknown) =>
        logger.warn({ err }, 'the walk over all pools was cut short; it goes on from there'),
      );
      await pause(pace.walk);
    }
  }

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
  }

  return {
    start() {
      running = Promise.all([sample(), walkDaily()]);
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
