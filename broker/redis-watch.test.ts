import { pino } from 'pino';
import { expect, test } from 'vitest';
import { connectRedis } from './redis/connect.ts';
import { checkRedisForMoney } from './redis/guard.ts';
import { quiet, startTestRedis } from './redis/test-redis.ts';
import { watchRedis } from './redis-watch.ts';

test('a server that becomes unsafe while it runs gets no new holds until it is safe again', async () => {
  const server = await startTestRedis();
  const redis = await connectRedis({ url: server.url, name: 'test', logger: quiet });
  const watch = watchRedis(
    () => checkRedisForMoney(redis, { durability: 'always', isDevelopment: false }),
    pino({ level: 'silent' }),
    { safe: 20, unsafe: 20 },
  );
  const isSafe = () => {
    try {
      watch.requireSafe();
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'broker_busy', details: { retryAfterSeconds: 10 } });
      return false;
    }
  };
  try {
    expect(isSafe()).toBe(true);
    await redis.configSet('appendfsync', 'no');
    await expect.poll(isSafe, { timeout: 5_000 }).toBe(false);
    await redis.configSet('appendfsync', 'always');
    await expect.poll(isSafe, { timeout: 5_000 }).toBe(true);
  } finally {
    watch.stop();
    redis.destroy();
    await server.stop();
  }
});
