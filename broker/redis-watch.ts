import type { Logger } from 'pino';
import { InkpotError } from '../shared/errors.ts';

/** Between two checks, in ms: as long as all is well, and until it is again. */
const INTERVALS = { safe: 10_000, unsafe: 1_000 };

/** Whether Redis may be trusted with new holds (design/ledger.md, "Start-up guard"). What is open settles regardless. */
export interface RedisWatch {
  /** @throws InkpotError `broker_busy` while Redis could lose, evict or mix up what it is given. */
  requireSafe(): void;
  stop(): void;
}

/**
 * Makes the start-up check again and again, since a server's settings and role change while it runs. A server that
 * cannot be reached says nothing about them: then holds fail by themselves.
 * @param check rejects with an `UnsafeRedisError`; the start has made it once.
 */
export function watchRedis(check: () => Promise<unknown>, logger: Logger, intervals = INTERVALS): RedisWatch {
  let fault: Error | null = null;
  let timer = setTimeout(look, intervals.safe).unref();
  let stopped = false;

  async function look(): Promise<void> {
    try {
      await check();
      if (fault) logger.info('Redis is safe for credits again');
      fault = null;
    } catch (error) {
      if (error instanceof Error && error.name === 'UnsafeRedisError') {
        logger.error({ err: error }, 'no new holds until Redis is safe for credits again');
        fault = error;
      }
    }
    if (!stopped) timer = setTimeout(look, fault ? intervals.unsafe : intervals.safe).unref();
  }

  return {
    requireSafe() {
      if (fault) throw new InkpotError('broker_busy', { cause: fault, retryAfterSeconds: 10 });
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
