import type { Logger } from 'pino';
import { InkpotError } from '../../../shared/errors.ts';
import type { Mailer } from '../../mail/mail.ts';
import type { RedisClient } from '../../redis/connect.ts';
import { withLease } from '../../redis/lease.ts';
import { type Arrangement, needsCare } from './arrangement.ts';
import { type ChargeOptions, chargeIfLow, isLow } from './charge.ts';
import type { SavedCards } from './saved-cards.ts';
import { stoppedMail } from './stopped-mail.ts';

/** Between two passes over all pools that have it, in ms: what a nudge or a dead broker left undone is done then. */
const EVERY_MS = 60_000;

/** A card that is not saved after this, in ms, is not waited for: Stripe's page for it has ended. */
const SETUP_MS = 25 * 3600_000;

export interface KeeperOptions extends ChargeOptions {
  readonly redis: RedisClient;
  readonly cards: SavedCards;
  /** Null without a mail server: then the page alone says that it has stopped. */
  readonly mailer: Mailer | null;
  /** The broker's address as people reach it, without a slash at its end. */
  readonly publicUrl: string;
  readonly logger: Logger;
}

export type Keeper = ReturnType<typeof createKeeper>;

/** Looks after every pool's auto top-up: finishes what was begun, charges where credits are low, and mails who must act. */
export function createKeeper(options: KeeperOptions) {
  const { redis, arrangements, cards, mailer, publicUrl, clock, logger } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  const nudged = new Set<string>();
  /** The pools that had it at the last pass, or were looked at since: others cost a nudge nothing. */
  let known = new Set<string>();

  /** Sees whether the card is saved, where one is being saved. Charges nothing. */
  async function finishSetup(pool: string): Promise<void> {
    const waiting = await arrangements.read(pool);
    if (waiting?.state !== 'setting_up') return;
    const { setup, agreedAt } = waiting;
    const isOld = agreedAt + SETUP_MS < clock();
    const found = setup ? await cards.readSetup(setup) : null;
    if (found?.state === 'saved') await arrangements.turnOn(pool, found.card);
    else if (found?.state === 'over' || isOld) await arrangements.turnOff(pool);
    known.add(pool);
  }

  async function mail(arrangement: Arrangement): Promise<void> {
    await mailer?.send(stoppedMail(arrangement, publicUrl));
    await arrangements.mailed(arrangement.pool);
  }

  /**
   * Looks after one pool now; one broker at a time does it, to spare Stripe.
   * @throws InkpotError `broker_busy` when the outcome is unknown: the next pass goes on.
   */
  async function look(pool: string): Promise<void> {
    await withLease(redis, `auto-topup:${pool}`, async () => {
      await finishSetup(pool);
      const found = await arrangements.read(pool);
      if (found && (found.state === 'on' || found.topup)) await chargeIfLow(options, found);
      const after = found && (await arrangements.read(pool));
      if (after?.mailDue) await mail(after);
      const last = await arrangements.read(pool);
      if (!last || !needsCare(last)) await arrangements.forget(pool);
    });
  }

  async function lookSafely(pool: string): Promise<void> {
    await look(pool).catch((err: unknown) => {
      // What does not pass by itself is the operator's to put right.
      const passes = err instanceof InkpotError && err.code === 'broker_busy';
      logger[passes ? 'warn' : 'error']({ err, pool }, 'auto top-up was not looked after, will be');
    });
  }

  async function runOnce(): Promise<void> {
    known = new Set(await arrangements.list());
    for (const pool of known) await lookSafely(pool);
  }

  function inTurn(work: () => Promise<void>): void {
    running = running.then(work).catch((err: unknown) => logger.warn({ err }, 'auto top-ups could not be listed'));
  }

  return {
    finishSetup,
    runOnce,

    /** This pool's credits may be low now. Returns at once, and may be called after every hold. */
    nudge(pool: string): void {
      if (!known.has(pool) || nudged.has(pool)) return;
      nudged.add(pool);
      inTurn(async () => {
        nudged.delete(pool);
        const found = await arrangements.read(pool);
        if (found && (await isLow(options, found))) await lookSafely(pool);
      });
    },

    /** Runs one pass now and one every minute, until stop. */
    start(): void {
      inTurn(runOnce);
      timer = setInterval(() => inTurn(runOnce), EVERY_MS).unref();
    },

    /** Ends the passes, and resolves when one that is running has ended. */
    async stop(): Promise<void> {
      clearInterval(timer);
      await running;
    },
  };
}
