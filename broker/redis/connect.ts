import { createClient } from 'redis';
import { type ConnectOptions, LEDGER_SETTINGS, type RedisClient, splitUrls } from './client.ts';
import { connectCluster } from './connect-cluster.ts';
import { openConnection } from './open-connection.ts';
import { reconnectWhenSilent } from './reconnect-when-silent.ts';

export type { ConnectOptions, RedisClient, RedisLogger } from './client.ts';

/**
 * Opens the connection on which money moves. It never gives up reconnecting, never queues a command while it is
 * offline (the command would run after its caller has gone), and never sends a written command twice.
 *
 * @throws Error when the server cannot be reached within 5 s.
 */
export async function connectRedis({ url, name, logger }: ConnectOptions): Promise<RedisClient> {
  const urls = splitUrls(url);
  if (urls.length > 1) return connectCluster(urls, { name, logger });
  const client = createClient({ ...LEDGER_SETTINGS, socket: { ...LEDGER_SETTINGS.socket }, url, name });
  client.on('error', (error: unknown) => logger.warn({ err: error, redis: name }, 'redis connection'));
  client.on('ready', () => logger.info({ redis: name }, 'redis connected'));
  reconnectWhenSilent(client, logger);
  await openConnection(client, url);
  return client;
}
