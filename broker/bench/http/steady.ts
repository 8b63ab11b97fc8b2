import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Designers } from './designers.ts';

/** What callers wait for who come at their own pace. */
export interface Steady {
  readonly perSecond: number;
  /** ms, from when a request was due, not from when it was sent. */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

/**
 * Open loop: each request goes out when it is due, whatever has become of those before it, and its time counts from
 * then. So a server that stands still is charged for everybody who came meanwhile (no coordinated omission).
 * @throws Error when a request is not answered with success.
 */
export async function measureSteady(
  url: string,
  designers: Designers,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<Steady> {
  const pool = new Pool(url, { connections: 256, pipelining: 1 });
  const latency = createHistogram();
  const start = performance.now();
  async function send(due: number): Promise<void> {
    const { statusCode, body } = await pool.request(designers.click());
    await body.dump();
    if (statusCode !== 202) throw new Error(`a request was answered with ${statusCode}`);
    latency.record(Math.max(1, Math.round((performance.now() - due) * 1e3)));
  }
  const sent: Promise<void>[] = [];
  while (sent.length < perSecond * seconds) {
    const due = start + (sent.length * 1_000) / perSecond;
    if (due > performance.now()) await sleep(1);
    else sent.push(send(due));
  }
  await Promise.all(sent);
  await pool.close();
  const ms = (microseconds: number) => microseconds / 1e3;
  return { perSecond, p50: ms(latency.percentile(50)), p99: ms(latency.percentile(99)), worst: ms(latency.max) };
}
