import { createPasses, type Passes } from '../passes.ts';
import { finishRedemption, type RedeemOptions } from './redeem.ts';

/** Between two passes, in ms. */
const EVERY_MS = 5 * 60_000;

/** Redemptions younger than this are left alone, in ms: somebody is at them. */
const YOUNG_MS = 60_000;

export interface FinisherOptions extends RedeemOptions {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export interface Finisher extends Passes {
  runOnce(): Promise<void>;
}

/** Finishes redemptions whose broker died in the middle. Two brokers may run it at once. */
export function createFinisher(options: FinisherOptions): Finisher {
  const { codes, clock, logger } = options;

  async function runOnce(): Promise<void> {
    for (const name of await codes.listUnderWay(clock() - YOUNG_MS)) {
      await finishRedemption(options, name).catch((err: unknown) =>
        logger.warn({ err, ...name }, 'redemption could not be finished, will try again'),
      );
    }
  }

  const failure = 'redemptions could not be listed';
  return { runOnce, ...createPasses({ everyMs: EVERY_MS, pass: runOnce, failure, logger }) };
}
