import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorReply } from 'redis';
import { InkpotError } from '../../shared/errors.ts';
import { withDeadline } from './deadline.ts';

/** One attempt's deadline, in ms. */
const ATTEMPT_MS = 2_000;

/** All attempts together, in ms: long enough to outlive a dead socket, which is closed after 3 s without a byte. */
const TOTAL_MS = 4_000;

const MOST_ATTEMPTS = 4;

/** 100, 400 and 1,600 ms: together as long as a server needs to be started again. */
const FIRST_PAUSE_MS = 100;

/** Replies of a server that has not carried out the command and soon may, or another one. */
const NOT_NOW = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|ASK|MOVED|NOREPLICAS|BUSY)\b/;

/** Replies of a server that has not carried out the command and will not for a while: memory or disk is short. */
const NOT_FOR_A_WHILE = /^(OOM|MISCONF)\b|-OOM |command not allowed when used memory/;

/**
 * Calls until the outcome is known. A rejected promise means *unknown*, never *no*: the command may have run, so the
 * same call with the same ids is made again, up to three times with backoff, within 4 s.
 *
 * An error reply is an answer of the server, not a lost one. LOADING, READONLY and their like say "not executed, try
 * again" and are repeated; OOM and MISCONF say the same for longer than a caller can wait; anything else (WRONGTYPE, a
 * failed assertion in a script) would fail in the same way each time and is reported at once.
 *
 * @param call must be safe to repeat.
 * @throws InkpotError `broker_busy` when the outcome is still unknown or the server cannot take the write now;
 *   `internal` for any other error reply.
 */
export async function repeatUntilKnown<T>(call: () => Promise<T>): Promise<T> {
  const end = performance.now() + TOTAL_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      return await withDeadline(Math.min(ATTEMPT_MS, Math.max(1, end - performance.now())), call);
    } catch (error) {
      if (error instanceof InkpotError) throw error;
      if (error instanceof ErrorReply && !NOT_NOW.test(error.message)) {
        throw NOT_FOR_A_WHILE.test(error.message) ? busy(error) : new InkpotError('internal', { cause: error });
      }
      const pause = FIRST_PAUSE_MS * 4 ** (attempt - 1);
      if (attempt === MOST_ATTEMPTS || performance.now() + pause >= end) throw busy(error);
      await sleep(pause);
    }
  }
}

function busy(cause: unknown): InkpotError {
  return new InkpotError('broker_busy', { cause, retryAfterSeconds: 2 });
}
