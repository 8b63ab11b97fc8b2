/** What is needed of a client and of a logger; node-redis's and pino's fit. */
interface Client {
  readonly isReady: boolean;
  on(event: string, listener: () => void): unknown;
  destroy(): void;
  connect(): Promise<unknown>;
}
interface Log {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

const TICK_MS = 1_000;

/** So many ticks without a reply to the ping of each second mean that nobody is there. */
const SILENT_TICKS = 3;

/**
 * Gives up a connection whose pings stay unanswered, and opens it anew. The socket timeout alone does not see a
 * half-open connection that is in use: each command written to it counts as life, so under steady traffic it stays
 * open until the kernel gives up, a quarter of an hour later.
 *
 * Ticks are counted, not time: after this process itself was held up there is one tick, and replies still to be read.
 */
export function reconnectWhenSilent(client: Client, logger: Log): void {
  let ticks = 0;
  let timer: NodeJS.Timeout | undefined;
  const tick = () => {
    ticks += 1;
    if (ticks < SILENT_TICKS || !client.isReady) return;
    logger.warn({}, 'redis does not answer; connecting anew');
    client.destroy();
    client.connect().catch((error: unknown) => logger.error({ err: error }, 'redis connection given up'));
  };
  const watch = () => {
    ticks = 0;
    clearInterval(timer);
    timer = setInterval(tick, TICK_MS).unref();
  };
  if (client.isReady) watch();
  client.on('ready', watch);
  client.on('ping-interval', () => {
    ticks = 0;
  });
  client.on('end', () => clearInterval(timer));
}
