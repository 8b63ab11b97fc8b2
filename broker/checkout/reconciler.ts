import type { Logger } from 'pino';
import { InkpotError } from '../../shared/errors.ts';
import { createPasses, type Passes } from '../passes.ts';
import type { RedisClient } from '../redis/connect.ts';
import { withLease } from '../redis/lease.ts';
import { type Hint, type PaymentSource, SESSION_LIFETIME_MS } from './payment-source.ts';
import { createReconcilerNotes } from './reconciler-notes.ts';
import type { RefundDesk } from './refund-desk.ts';
import type { Settlement } from './settlement.ts';
import { isOver, type TopupName } from './topup.ts';
import type { Topups } from './topups.ts';

/** Between two passes, in ms. */
const EVERY_MS = 15 * 60_000;

/** Top-ups and refunds younger than this are left alone, in ms: somebody is at them. */
const YOUNG_MS = 60_000;

/** What Stripe has not known for this long, in ms, is of another account: it is given up. */
const UNKNOWN_MS = 7 * 24 * 3600_000;

export interface ReconcilerOptions {
  readonly redis: RedisClient;
  readonly topups: Topups;
  readonly payments: Pick<PaymentSource, 'listSince'>;
  readonly settlement: Settlement;
  readonly refundDesk: Pick<RefundDesk, 'finishOpen'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logger: Logger;
}

/** What one pass found. */
export interface Reconciliation {
  /** Sessions and payments that were read again. */
  readonly checked: number;
  /** Top-ups that were open and are credited now. */
  readonly credited: number;
  /** What could not be read or settled now, and will be tried again. */
  readonly failed: number;
}

export interface Reconciler extends Passes {
  /** One pass; null while another broker is at one. */
  runOnce(): Promise<Reconciliation | null>;
}

/**
 * Finds what webhooks did not bring, however long this broker slept: the top-ups of ours that are not over, the sessions
 * completed and the events that happened at Stripe since the last whole pass, what could not be settled then, and
 * refunds that somebody died over. One broker at a time does it, to spare Stripe: settling is idempotent.
 */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { redis, topups, payments, settlement, refundDesk, clock, logger } = options;
  const notes = createReconcilerNotes(redis);
  let stopping = false;

  /** The session of an open top-up; null when there is none to be read. */
  async function sessionOf(name: TopupName): Promise<string | null> {
    const topup = await topups.read(name);
    if (!topup || isOver(topup.state)) {
      await topups.forget(name);
      return null;
    }
    if (topup.session) return topup.session;
    // Nobody was sent to pay. It is given up once its form cannot be repeated any more.
    if (topup.createdAt + SESSION_LIFETIME_MS < clock()) await topups.move(topup, 'expired');
    return null;
  }

  /** Adds what Stripe tells to `hints`. @returns whether it told all. */
  async function askStripe(since: number, hints: Map<string, Hint>): Promise<boolean> {
    try {
      for await (const hint of payments.listSince(since)) hints.set(hint.id, hint);
      return true;
    } catch (error) {
      logger.warn({ err: error }, 'Stripe could not be asked what happened, will try again');
      return false;
    }
  }

  /** @returns whether nothing more is to be done about it. */
  async function settle(hint: Hint, open: TopupName | undefined): Promise<'credited' | 'settled' | 'failed'> {
    try {
      const topup = await settlement[hint.kind](hint.id);
      await notes.forget(hint);
      return open && topup?.state === 'credited' ? 'credited' : 'settled';
    } catch (error) {
      const { since } = await notes.remember(hint, clock());
      const unknown = error instanceof InkpotError && error.code === 'not_found';
      if (unknown && since + UNKNOWN_MS <= clock()) {
        logger.error({ ...hint, err: error }, 'given up: a payment that Stripe has not known for a week');
        await notes.forget(hint);
        if (open) await topups.move(open, 'expired');
        return 'settled';
      }
      logger.warn({ ...hint, err: error }, 'payment could not be reconciled, will try again');
      return 'failed';
    }
  }

  async function pass(): Promise<Reconciliation> {
    const begun = clock();
    const hints = new Map<string, Hint>();
    const open = new Map<string, TopupName>();
    for (const hint of await notes.list()) hints.set(hint.id, hint);
    const whole = await askStripe(await notes.readSince(begun), hints);
    for (const { createdAt, ...name } of await topups.listOpen(begun)) {
      const session = await sessionOf(name);
      if (!session) continue;
      open.set(session, name);
      if (createdAt <= begun - YOUNG_MS) hints.set(session, { kind: 'session', id: session });
    }

    const found = { checked: 0, credited: 0, failed: whole ? 0 : 1 };
    for (const hint of hints.values()) {
      if (stopping) break;
      const outcome = await settle(hint, open.get(hint.id));
      found.checked += 1;
      if (outcome !== 'settled') found[outcome] += 1;
    }
    // What failed is in the notes by now, so the next pass may begin where this one did.
    if (whole && !stopping) await notes.setSince(begun);
    found.failed += await refundDesk.finishOpen(begun - YOUNG_MS);
    if (found.credited || found.failed) logger.info(found, 'payments reconciled');
    return found;
  }

  const runOnce = () => withLease(redis, 'reconciler', pass);

  const passes = createPasses({ everyMs: EVERY_MS, pass: runOnce, failure: 'reconciliation failed', logger });

  return {
    runOnce,
    start: passes.start,
    stop() {
      stopping = true;
      return passes.stop();
    },
  };
}
