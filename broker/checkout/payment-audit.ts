import type { Logger } from 'pino';
import { formatCredits, millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Alarms } from '../alarms/alarms.ts';
import type { Ledger } from '../ledger/index.ts';
import { createPasses, type Passes } from '../passes.ts';
import type { RedisClient } from '../redis/connect.ts';
import { withLease } from '../redis/lease.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import type { PaymentSource } from './payment-source.ts';
import { type ReturnsDueOptions, readReturnsDue } from './returns-due.ts';
import type { Settlement } from './settlement.ts';
import type { TopupName } from './topup.ts';
import type { Topups } from './topups.ts';

/** Until when, in ms since 1970, payments have been audited. */
const AUDITED = 'payments-audited-until';

/** Between two looks whether a day is over, in ms. */
const EVERY_MS = 15 * 60_000;
const DAY_MS = 24 * 3600_000;

/** How long after midnight (UTC) a day is audited, in ms: lists show what happened late, and our clock is not Stripe's. */
const SLACK_MS = 3600_000;

/** A state may change between the two readings of it. */
const MOST_LOOKS = 3;

const ACTOR = 'broker:auditor';

/** How many an alarm names. */
const MOST_NAMED = 20;

/** A payment about which the ledger does not say what the payment source says. */
export interface Difference {
  readonly payment: string;
  /** Whose books differ; null where these books do not know of it. */
  readonly pool: string | null;
  readonly why: string;
}

/** What an audit found. */
export interface PaymentsAudited {
  readonly checked: number;
  /** What had not been brought to the ledger before, and is there now. */
  readonly putRight: number;
  readonly differing: readonly Difference[];
}

export interface PaymentAuditOptions extends ReturnsDueOptions {
  readonly redis: RedisClient;
  readonly topups: Pick<Topups, 'read' | 'listUnaudited' | 'noteAudited'>;
  readonly ledger: Pick<Ledger, 'readPayment' | 'freeze'>;
  readonly payments: Pick<PaymentSource, 'listReturns' | 'readPayment' | 'listMoved'>;
  readonly settlement: Pick<Settlement, 'payment'>;
  readonly alarms: Alarms;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logger: Logger;
}

export interface PaymentAudit extends Passes {
  /**
   * Compares every payment of which money came or went from one time until before another (ms since 1970), and every
   * top-up that was credited since the last audit. Freezes nothing and calls nobody.
   */
  audit(from: number, until: number): Promise<PaymentsAudited>;
  /** Audits the days that are over, unless they were; null where they were, or while another broker is at it. */
  runOnce(): Promise<PaymentsAudited | null>;
}

/**
 * Compares, once a day, the ledger with what the payment source's balance says came and went (design/ledger.md, I6). Both
 * ways: for each movement there the credits, and for each credit the money. What differs is settled again; where that does
 * not help, the pool is frozen and the operator called.
 */
export function createPaymentAudit(options: PaymentAuditOptions): PaymentAudit {
  const { redis, topups, ledger, payments, settlement, alarms, clock, logger } = options;

  /** @param name of the top-up that was credited for it; absent for a payment that the source named. */
  async function look(payment: string, name?: TopupName): Promise<Difference | null> {
    const found = await payments.readPayment(payment);
    const paidFor = found.topup;
    if (name && paidFor?.id !== name.id) {
      return { payment, pool: name.pool, why: `it is no payment for top-up ${name.id}, which was credited` };
    }
    if (!paidFor) return null;
    const { pool } = paidFor;
    const topup = await topups.read(paidFor);
    if (!topup)
      return { payment, pool: null, why: `it names top-up ${paidFor.id} of pool ${pool}, which has no record` };
    const { credited } = await ledger.readPayment(pool, payment);
    const paid = found.paid ? topup.credits : millicredits(0);
    if (credited !== paid) {
      return { payment, pool, why: `${formatCredits(paid)} were paid for, ${formatCredits(credited)} were credited` };
    }
    const due = await readReturnsDue(options, topup, found);
    if (!due) return null;
    const { standing, target, disputes } = due;
    if (standing.target !== target) {
      const [gone, taken] = [formatCredits(target), formatCredits(standing.target)];
      return { payment, pool, why: `the money of ${gone} went back, ${taken} were taken back` };
    }
    const unlike = disputes.find(({ id, phase }) => (phase === 'open') !== (standing.disputes.get(id) === 'open'));
    return unlike ? { payment, pool, why: `dispute ${unlike.id} is ${unlike.phase}` } : null;
  }

  /** Looks, and settles what differs. @throws InkpotError `broker_busy` when the source or Redis cannot be asked now. */
  async function compare(payment: string, name?: TopupName): Promise<Difference | 'same' | 'put right'> {
    for (let looks = 1; ; looks++) {
      const difference = await look(payment, name).catch((error: unknown) => {
        if (!name || !(error instanceof InkpotError) || error.code !== 'not_found') throw error;
        return { payment, pool: name.pool, why: `nobody knows it, and top-up ${name.id} was credited for it` };
      });
      if (!difference) return looks === 1 ? 'same' : 'put right';
      if (looks === MOST_LOOKS) return difference;
      await settlement.payment(payment).catch((error: unknown) => {
        if (error instanceof InkpotError && error.code === 'broker_busy') throw error;
      });
    }
  }

  async function audit(from: number, until: number): Promise<PaymentsAudited> {
    const toCheck = new Map<string, TopupName | undefined>();
    for await (const payment of payments.listMoved(from, until)) toCheck.set(payment, undefined);
    const credited = await topups.listUnaudited(until);
    for (const name of credited) {
      const topup = await topups.read(name);
      if (topup?.payment) toCheck.set(topup.payment, name);
    }

    const outcomes = [];
    for (const [payment, name] of toCheck) outcomes.push(await compare(payment, name));
    const differing = outcomes.filter((outcome) => typeof outcome === 'object');
    return {
      checked: outcomes.length,
      putRight: outcomes.filter((outcome) => outcome === 'put right').length,
      differing,
    };
  }

  /** One that is gone, or whose books do not balance, takes no freeze, nor a hold: the alarm tells of it. */
  async function freeze(poolId: string, { payment, why }: Difference, until: number): Promise<void> {
    const command = { poolId, operationId: `audit_${until}_${payment}`, why: `audit: ${why}`, actor: ACTOR };
    await ledger.freeze(command).catch((err: unknown) => {
      if (err instanceof InkpotError && err.code === 'broker_busy') throw err;
      logger.warn({ err, poolId }, 'a pool that differs from Stripe could not be frozen');
    });
  }

  async function act(differing: readonly Difference[], until: number): Promise<void> {
    for (const difference of differing) {
      if (difference.pool) await freeze(difference.pool, difference, until);
    }
    const listed = differing
      .slice(0, MOST_NAMED)
      .map(({ payment, pool, why }) => `${payment}${pool ? ` (pool ${pool})` : ''}: ${why}`);
    const rest = differing.length - listed.length;
    const what = [
      `The ledger does not say what Stripe says (payments: ${differing.length}). The pools that are named are frozen; thaw them once it is settled.`,
      ...listed,
      ...(rest > 0 ? [`and ${rest} more, in the log`] : []),
    ].join('\n');
    await alarms.raise({
      kind: 'payments_differ',
      about: new Date(until).toISOString().slice(0, 10),
      what,
      details: { differing },
    });
  }

  async function auditDays(): Promise<PaymentsAudited | null> {
    const now = clock() - SLACK_MS;
    const until = now - (now % DAY_MS);
    const from = Number((await repeatUntilKnown(() => redis.get(AUDITED))) ?? until - DAY_MS);
    if (from >= until) return null;
    const found = await audit(from, until);
    if (found.differing.length > 0) await act(found.differing, until);
    // Only now: whoever dies before leaves all of it to the next.
    for (const name of await topups.listUnaudited(until)) await topups.noteAudited(name);
    await repeatUntilKnown(() => redis.set(AUDITED, String(until)));
    const { checked, putRight, differing } = found;
    logger.info({ from, until, checked, putRight, differing: differing.length }, 'payments audited');
    return found;
  }

  const runOnce = () => withLease(redis, 'payment-audit', auditDays);
  return {
    audit,
    runOnce,
    ...createPasses({ everyMs: EVERY_MS, pass: runOnce, failure: 'payments could not be audited, will be', logger }),
  };
}
