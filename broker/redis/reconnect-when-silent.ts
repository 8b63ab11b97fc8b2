import type { RedisClient, RedisLogger } from './connect.ts';

/** No reply to the ping of each second for this long means that nobody is there, in ms. */
const SILENCE_MS = 3_000;

/**
 * Gives up a connection whose pings stay unanswered, and opens it anew. The socket timeout alone does not see a
 * half-open connection that is in use: each command written to it counts as life, so under steady traffic it stays
 * open until the kernel gives up, a quarter of an hour later.
 */
export function reconnectWhenSilent(client: RedisClient, logger: RedisLogger): void {
  let timer: NodeJS.Timeout | undefined;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!client.isReady) return;
      logger.warn({}, 'redis does not answer; connecting anew');
      client.destroy();
      client.connect().catch((error: unknown) => logger.error({ err: error }, 'redis connection given up'));
    }, SILENCE_MS);
    timer.unref();
  };
  client.on('ready', listen);
  client.on('ping-interval', listen);
  client.on('end', () => clearTimeout(timer));
}
