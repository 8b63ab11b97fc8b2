import type { Logger } from 'pino';

/** How often to look, in ms. */
const INTERVAL = 3_600_000;

/**
 * Does each task now and from then on every hour. One that fails is logged, and the next time tries again.
 * @param tasks each ends early when its signal is aborted: what it leaves is done after the next start.
 */
export function startHousekeeping(
  tasks: Readonly<Record<string, (signal: AbortSignal) => Promise<void>>>,
  logger: Logger,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  const run = () => {
    running = Promise.all(
      Object.entries(tasks).map(([task, work]) =>
        work(stopping.signal).catch((err: unknown) => logger.warn({ err, task }, 'failed')),
      ),
    );
  };
  run();
  const timer = setInterval(run, INTERVAL);
  return {
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}
