import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorReply } from 'redis';
import { readInfo } from './read-info.ts';

/** The two commands that this needs of a connection. */
export interface AppendOnlyFileCommands {
  bgRewriteAof(): Promise<unknown>;
  info(section?: string): Promise<unknown>;
}

/**
 * Writes the append-only file anew, and waits. A file whose tail was torn inside a script's MULTI survives the first
 * restart and corrupts the second one (Redis 7.0); a file rewritten since the start has no torn tail.
 *
 * @throws Error when the rewrite fails.
 */
export async function rewriteAppendOnlyFile(redis: AppendOnlyFileCommands): Promise<void> {
  try {
    await redis.bgRewriteAof();
  } catch (error) {
    const underway = error instanceof ErrorReply && error.message.includes('already in progress');
    if (!underway) throw error;
  }
  for (;;) {
    const info = readInfo(String(await redis.info('persistence')));
    const running = info.aof_rewrite_in_progress !== '0' || info.aof_rewrite_scheduled !== '0';
    if (!running) {
      if (info.aof_last_bgrewrite_status === 'ok') return;
      throw new Error(
        'Redis could not rewrite its append-only file: look at its log, and at the free space on its disk',
      );
    }
    await sleep(20);
  }
}
