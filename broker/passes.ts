import type { Logger } from 'pino';

/** Work that is begun again and again while the broker runs. */
export interface Passes {
  /** Runs one pass now and one every so often, until {@link Passes.stop}; never two at once. */
  start(): void;
  /** Ends the passes, and resolves when one that is running has ended. */
  stop(): Promise<void>;
}

export interface PassesOptions {
  readonly everyMs: number;
  /** What it throws is logged, and the next pass tries again. */
  readonly pass: () => Promise<unknown>;
  /** What did not happen then, for the log. */
  readonly failure: string;
  readonly logger: Logger;
}

/** @returns passes that keep no process alive. */
export function createPasses({ everyMs, pass, failure, logger }: PassesOptions): Passes {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> | null = null;

  function begin(): void {
    running ??= pass()
      .catch((err: unknown) => logger.warn({ err }, failure))
      .finally(() => {
        running = null;
      });
  }

  return {
    start() {
      begin();
      timer = setInterval(begin, everyMs).unref();
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
