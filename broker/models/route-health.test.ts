import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Route } from '../../shared/catalogue/model.ts';
import type { Alarm } from '../alarms/alarms.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { quiet, startTestRedis } from '../redis/test-redis.ts';
import { createRouteHealth } from './route-health.ts';

const logger = pino({ level: 'silent' });

let server: Awaited<ReturnType<typeof startTestRedis>>;
let redis: RedisClient;
beforeAll(async () => {
  server = await startTestRedis();
  redis = await connectRedis({ url: server.url, name: 'test', logger: quiet });
});
afterAll(async () => {
  redis?.destroy();
  await server?.stop();
});

let made = 0;

/** Two routes of a provider that no other test knows, and a broker that watches them. */
function watched() {
  made += 1;
  const provider = `provider-${made}` as Route['provider'];
  const time = { now: Date.parse('2026-11-25T12:00:00Z') };
  const raised: Alarm[] = [];
  const alarms = { raise: async (alarm: Alarm) => void raised.push(alarm) };
  const open = () => createRouteHealth({ redis, alarms, logger, clock: () => time.now });
  return {
    time,
    raised,
    open,
    health: open(),
    route: { provider, path: 'a' } satisfies Route,
    other: { provider, path: 'b' } satisfies Route,
  };
}

/** The breaker decides in its own time, which is a few microtasks. */
const settled = () => new Promise((next) => setImmediate(next));

test.each(['auth', 'out_of_balance'] as const)(
  '%s takes the whole provider out of service, tells the operator once, and is tried again after ten minutes',
  async (reason) => {
    const { health, route, other, raised, time } = watched();
    health.failed(route, reason, 'the provider’s own words');
    health.failed(other, reason, 'again');
    expect([health.isUp(route), health.isUp(other)]).toEqual([false, false]);
    expect(raised).toMatchObject([
      { kind: 'route_out', about: route.provider, details: { cause: 'the provider’s own words' } },
    ]);
    time.now += 10 * 60_000;
    expect(health.isUp(route)).toBe(true);
  },
);

test('a model that is gone takes only its own route out', () => {
  const { health, route, other } = watched();
  health.failed(route, 'model_gone', '404');
  expect([health.isUp(route), health.isUp(other)]).toEqual([false, true]);
  expect(health.down()).toEqual([`${route.provider} a`]);
});

test('five faults in a row rest a route for half a minute; the first outcome after that decides', async () => {
  const { health, route, other, time, raised } = watched();
  const fail = async (times: number) => {
    for (let n = 0; n < times; n += 1) {
      health.failed(route, 'provider_error', 'boom');
      await settled();
    }
  };
  await fail(4);
  health.succeeded(route);
  await settled();
  await fail(4);
  expect(health.isUp(route)).toBe(true);
  await fail(1);
  expect([health.isUp(route), health.isUp(other)]).toEqual([false, true]);
  time.now += 30_000;
  expect(health.isUp(route)).toBe(true);
  await fail(1);
  expect(health.isUp(route), 'it failed once more').toBe(false);
  time.now += 30_000;
  health.succeeded(route);
  await settled();
  await fail(4);
  expect(health.isUp(route)).toBe(true);
  expect(raised, 'nobody is woken for what mends itself').toEqual([]);
});

test.each(['moderated_input', 'moderated_output', 'invalid_input', 'rate_limited'] as const)(
  '%s says nothing about the route',
  async (reason) => {
    const { health, route } = watched();
    for (let n = 0; n < 20; n += 1) {
      health.failed(route, reason, 'no');
      await settled();
    }
    expect(health.isUp(route)).toBe(true);
  },
);

test('another broker hears of it, and a start begins anew', async () => {
  const { health, route, open } = watched();
  const other = open();
  await other.start();
  health.failed(route, 'auth', '401');
  await expect.poll(() => other.isUp(route)).toBe(false);
  const next = open();
  await next.start();
  await expect.poll(() => other.isUp(route)).toBe(true);
  other.stop();
  next.stop();
});
