import type { Logger } from 'pino';
import type { Uploads } from './uploads.ts';

/** How often to look, in ms. */
const INTERVAL = 3_600_000;

/** Removes what is over, now and from then on every hour. What fails is logged, and the next time tries again. */
export function startUploadSweeper(uploads: Pick<Uploads, 'sweep'>, logger: Logger): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  const sweep = () => {
    running = uploads.sweep().catch((err: unknown) => logger.warn({ err }, 'pictures could not be swept'));
  };
  sweep();
  const timer = setInterval(sweep, INTERVAL);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
