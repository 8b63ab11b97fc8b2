import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectRedis, type RedisClient } from './connect.ts';
import { checkRedisForMoney, type GuardOptions } from './guard.ts';
import { readInfo } from './read-info.ts';
import { quiet, startTestRedis } from './test-redis.ts';

let server: Awaited<ReturnType<typeof startTestRedis>>;
let redis: RedisClient;
const production: GuardOptions = { durability: 'always', isDevelopment: false };

beforeAll(async () => {
  server = await startTestRedis();
  redis = await connectRedis({ url: server.url, name: 'test', logger: quiet });
});
afterAll(async () => {
  redis.destroy();
  await server.stop();
});

describe('a safe server', () => {
  test('passes, gets its identity on the first start, and keeps it', async () => {
    const first = await checkRedisForMoney(redis, production);
    const second = await checkRedisForMoney(redis, { ...production, ledgerId: first.ledgerId });
    expect(second).toEqual({ ledgerId: first.ledgerId, warnings: [] });
  });

  test('whose append-only file may have a torn tail has it rewritten before the first write', async () => {
    await redis.configResetStat();
    await checkRedisForMoney(redis, production);
    expect(Number(readInfo(await redis.info('persistence')).aof_rewrites)).toBeGreaterThan(0);
  });
});

describe('a server with a wrong setting is refused, naming it and what to change', () => {
  const right = {
    'maxmemory-policy': 'noeviction',
    appendfsync: 'always',
    'no-appendfsync-on-rewrite': 'no',
    appendonly: 'yes',
  };
  afterEach(async () => {
    await redis.configSet(right);
  });

  test.each([
    ['maxmemory-policy', 'allkeys-lru', 'maxmemory-policy is allkeys-lru: set it to noeviction'],
    ['appendfsync', 'no', 'appendfsync is no: set it to always'],
    ['appendfsync', 'everysec', 'INKPOT_DURABILITY=everysec'],
    ['no-appendfsync-on-rewrite', 'yes', 'no-appendfsync-on-rewrite is yes: set it to no'],
    ['appendonly', 'no', 'appendonly is no: set it to yes'],
  ])('%s %s', async (setting, value, message) => {
    await redis.configSet(setting, value);
    await expect(checkRedisForMoney(redis, production)).rejects.toThrow(message);
  });

  test('all of them in one message', async () => {
    await redis.configSet({ 'maxmemory-policy': 'allkeys-lru', appendfsync: 'no' });
    await expect(checkRedisForMoney(redis, production)).rejects.toMatchObject({
      faults: [expect.stringContaining('maxmemory-policy'), expect.stringContaining('appendfsync')],
    });
  });

  test('but told only, in development', async () => {
    await redis.configSet('appendonly', 'no');
    const { warnings } = await checkRedisForMoney(redis, { ...production, isDevelopment: true });
    expect(warnings).toEqual(['appendonly is no: set it to yes']);
  });

  test('everysec passes when the operator accepts it', async () => {
    await redis.configSet('appendfsync', 'everysec');
    await expect(checkRedisForMoney(redis, { ...production, durability: 'everysec' })).resolves.toBeDefined();
  });
});

test('a replica is refused, in development too', async () => {
  await redis.replicaOf('127.0.0.1', 1);
  try {
    const checked = checkRedisForMoney(redis, { ...production, isDevelopment: true });
    await expect(checked).rejects.toThrow('role is slave: connect to the master');
  } finally {
    await redis.sendCommand(['REPLICAOF', 'NO', 'ONE']);
  }
});

describe('a server that is not this ledger’s', () => {
  test('is refused when it has another identity', async () => {
    const other = checkRedisForMoney(redis, { ...production, ledgerId: 'another' });
    await expect(other).rejects.toThrow("this broker's ledger is another");
  });

  test('is refused when the identity is gone: it has lost its data', async () => {
    const { ledgerId } = await checkRedisForMoney(redis, production);
    await redis.flushAll();
    await expect(checkRedisForMoney(redis, { ...production, ledgerId })).rejects.toThrow('restore its data');
  });

  test('is refused when it holds other data', async () => {
    await redis.flushAll();
    await redis.set('somebody', 'else');
    await expect(checkRedisForMoney(redis, production)).rejects.toThrow('give Inkpot a server of its own');
    await redis.flushAll();
  });
});
