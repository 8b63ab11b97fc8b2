import type { Logger } from 'pino';
import { InkpotError } from '../../shared/errors.ts';
import { SESSION_LIFETIME_MS } from './payment-source.ts';
import type { Settle } from './settlement.ts';
import { isOver, type Topup, type TopupName } from './topup.ts';
import type { Topups } from './topups.ts';

/** Between two passes, in ms. */
const EVERY_MS = 15 * 60_000;

/** Top-ups younger than this are left alone, in ms: their events are under way. */
const YOUNG_MS = 60_000;

export interface ReconcilerOptions {
  readonly topups: Topups;
  readonly settle: Settle;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logger: Logger;
}

/** A session that the payment service has not known for this long, in ms, belongs to another account: it is given up. */
const UNKNOWN_MS = 7 * 24 * 3600_000;

/** What one pass found. */
export interface Reconciliation {
  readonly checked: number;
  readonly credited: number;
  readonly failed: number;
}

export interface Reconciler {
  /** Runs one pass now and one every 15 minutes, until {@link Reconciler.stop}. */
  start(): void;
  /** Ends the passes, and resolves when one that is running has ended. */
  stop(): Promise<void>;
  /** One pass over all top-ups that are not over. Top-ups that cannot be read now are left for the next pass. */
  runOnce(): Promise<Reconciliation>;
}

/** Finds payments whose webhook never came. Two brokers may run it at once: settling is idempotent. */
export function createReconciler({ topups, settle, clock, logger }: ReconcilerOptions): Reconciler {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();

  async function look(name: TopupName): Promise<'credited' | 'left'> {
    const topup = await topups.read(name);
    if (!topup) {
      await topups.forget(name);
      return 'left';
    }
    if (topup.session && !isOver(topup.state)) {
      const settled = await settle(topup.session).catch((error: unknown) => giveUp(topup, error));
      return settled?.state === 'credited' ? 'credited' : 'left';
    }
    // No session was stored, so nobody was sent to pay. It is given up once its form cannot be repeated any more.
    if (isOver(topup.state)) await topups.forget(name);
    else if (topup.createdAt + SESSION_LIFETIME_MS < clock()) await topups.move(topup, 'expired');
    return 'left';
  }

  async function giveUp(topup: Topup, error: unknown): Promise<null> {
    const unknown = error instanceof InkpotError && error.code === 'not_found';
    if (!unknown || topup.createdAt + UNKNOWN_MS > clock()) throw error;
    logger.warn({ topup: topup.id, session: topup.session }, 'top-up given up: nobody knows its session');
    await topups.move(topup, 'expired');
    return null;
  }

  async function runOnce(): Promise<Reconciliation> {
    const names = await topups.listOpen(clock() - YOUNG_MS);
    const pass = { checked: names.length, credited: 0, failed: 0 };
    for (const name of names) {
      try {
        if ((await look(name)) === 'credited') pass.credited += 1;
      } catch (error) {
        pass.failed += 1;
        logger.warn({ topup: name.id, err: error }, 'top-up could not be reconciled, will try again');
      }
    }
    if (pass.credited || pass.failed) logger.info(pass, 'top-ups reconciled');
    return pass;
  }

  function pass(): void {
    running = runOnce().catch((error: unknown) => logger.warn({ err: error }, 'reconciliation failed'));
  }

  return {
    runOnce,
    start() {
      pass();
      timer = setInterval(pass, EVERY_MS).unref();
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
