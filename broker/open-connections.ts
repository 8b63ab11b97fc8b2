import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { connectRedis } from './redis/connect.ts';
import { withDeadline } from './redis/deadline.ts';
import { checkRedisForMoney } from './redis/guard.ts';
import { connectQueueRedis } from './redis/queue-connection.ts';
import { watchRedis } from './redis-watch.ts';

/** How long Redis may take to prove itself before this broker counts as not ready, in ms. */
const READY = 2_000;

/**
 * A broker's connections to Redis: one for money, and for what may be lost another one where that lies elsewhere.
 * @throws Error naming what about the server could lose money, and which setting to change.
 */
export async function openConnections(config: Config, logger: Logger) {
  const cacheConnection = { url: config.redisCacheUrl, logger };
  const redis = await connectRedis({ url: config.redisUrl, logger, name: 'broker' });
  const cache =
    config.redisCacheUrl === config.redisUrl ? redis : await connectRedis({ ...cacheConnection, name: 'broker-cache' });
  const subscriber = await connectRedis({ ...cacheConnection, name: 'broker-events' });
  const check = () =>
    checkRedisForMoney(redis, { durability: config.durability, isDevelopment: config.mode === 'development' });
  for (const warning of (await check()).warnings) logger.warn(`Redis could lose credits: ${warning}`);
  const watch = watchRedis(check, logger);
  return {
    redis,
    cache,
    subscriber,
    /** Opens a connection that BullMQ may block on. */
    connectQueue: (name: string, user: 'queue' | 'worker') =>
      connectQueueRedis({ ...cacheConnection, name: `${name}-${user}` }, user),
    /** @throws InkpotError `broker_busy` while nothing new may be held. */
    requireSafe: watch.requireSafe,
    /** Whether Redis proves itself now. @throws whatever is wrong with it. */
    isReady: () => withDeadline(READY, check).then(() => true),
    /** No new work is asked of it from here on. */
    stopWatching: () => watch.stop(),
    close() {
      if (cache !== redis) cache.destroy();
      redis.destroy();
      subscriber.destroy();
    },
  };
}
