import autocannon from 'autocannon';
import type { RedisClient } from '../../redis/connect.ts';
import { redisCpuSeconds } from '../redis-cpu.ts';
import type { Designers } from './designers.ts';
import type { Server } from './server.ts';

/** What a server does when 64 callers never pause. */
export interface Saturated {
  readonly requestsPerSecond: number;
  /** ms */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  /** What one request costs the server's process, in µs; its inverse is what a core could do were all others idle. */
  readonly cpuMicroseconds: number;
  /** The same for Redis. */
  readonly redisMicroseconds: number;
}

const CONNECTIONS = 64;

/** @throws Error when a request is not answered with success. */
export async function saturate(
  server: Server,
  redis: RedisClient,
  designers: Designers,
  requests: number,
): Promise<Saturated> {
  const before = server.cpu();
  const redisBefore = await redisCpuSeconds(redis);
  const start = performance.now();
  const result = await autocannon({
    url: server.url,
    connections: CONNECTIONS,
    amount: requests,
    requests: [{ ...designers.click(), setupRequest: (request) => ({ ...request, ...designers.click() }) }],
  });
  const seconds = (performance.now() - start) / 1_000;
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals, ${result.errors} errors`);
  const each = (cpu: number) => (cpu * 1e6) / requests;
  return {
    requestsPerSecond: requests / seconds,
    p50: result.latency.p50,
    p99: result.latency.p99,
    worst: result.latency.max,
    cpuMicroseconds: each(server.cpu() - before),
    redisMicroseconds: each((await redisCpuSeconds(redis)) - redisBefore),
  };
}
