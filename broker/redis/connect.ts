import { type ConnectOptions, type RedisClient, splitUrls } from './client.ts';
import { connectCluster } from './connect-cluster.ts';
import { connectSentinel } from './connect-sentinel.ts';
import { connectServer, waitForReplicas } from './connect-server.ts';
import { parseSentinelUrl } from './sentinel-url.ts';

export type { ConnectOptions, RedisClient, RedisLogger } from './client.ts';

/**
 * Opens the connection on which money moves: to one server, to the master that sentinels name, or to a cluster.
 *
 * @throws Error when it cannot be reached within 5 s.
 */
export async function connectRedis({ url, name, logger }: ConnectOptions): Promise<RedisClient> {
  const watched = parseSentinelUrl(url);
  if (watched) return connectSentinel(watched, { name, logger });
  const urls = splitUrls(url);
  if (urls.length > 1) return connectCluster(urls, { name, logger });
  const client = await connectServer({ url, name, logger });
  await waitForReplicas(client);
  return client;
}
