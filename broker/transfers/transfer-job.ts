import type { Logger } from 'pino';
import { ERRORS, InkpotError } from '../../shared/errors.ts';
import type { Alarms } from '../alarms/alarms.ts';
import { createPasses, type Passes } from '../passes.ts';
import { type MoveOptions, moveCredits } from './move-credits.ts';

/** Between two passes, in ms. */
const EVERY_MS = 5_000;

/** Younger ones are left to whoever began them, in ms. */
const YOUNG_MS = 3_000;

/** Older ones stand still, in ms: then the operator is called. */
const STUCK_MS = 10 * 60_000;

export interface TransferJobOptions extends MoveOptions {
  readonly alarms: Alarms;
  readonly logger: Logger;
  /** ms since 1970 */
  readonly clock: () => number;
}

export interface TransferJob extends Passes {
  runOnce(): Promise<void>;
}

/** Brings transfers to their end whose broker died in the middle. Several brokers may run it at once. */
export function createTransferJob(options: TransferJobOptions): TransferJob {
  const { records, alarms, logger, clock } = options;

  async function runOnce(): Promise<void> {
    for (const { id, begunAt } of await records.listUnderWay(clock() - YOUNG_MS)) {
      try {
        await finish(id, begunAt);
      } catch (err) {
        if (isRefusal(err)) continue;
        logger.warn({ err, transfer: id }, 'a transfer could not be finished, will try again');
        if (begunAt < clock() - STUCK_MS) await callOperator(id, begunAt);
      }
    }
  }

  async function finish(id: string, begunAt: number): Promise<void> {
    const record = await records.read(id);
    if (record) await moveCredits(options, record);
    // Who listed it has died before anything was held, or would have written it long since.
    else if (begunAt < clock() - STUCK_MS) await records.end(id);
  }

  async function callOperator(id: string, begunAt: number): Promise<void> {
    const what = `The transfer ${id}, begun at ${new Date(begunAt).toISOString()}, cannot be finished. The log says why. It is tried again all the time.`;
    await alarms.raise({ kind: 'transfer_stuck', about: id, what });
  }

  const failure = 'transfers could not be listed';
  return { runOnce, ...createPasses({ everyMs: EVERY_MS, pass: runOnce, failure, logger }) };
}

/** Refused, so it has its end. One whose pool is gone has none: what it holds stays held. */
function isRefusal(error: unknown): boolean {
  return error instanceof InkpotError && ERRORS[error.code].status < 500 && error.code !== 'not_found';
}
