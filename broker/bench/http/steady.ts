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
 *
 * Nothing is kept of a request but its time, and no stream is made of its answer: what the collector of this process has
 * to move would be charged to the server, 15 to 35 ms at a time.
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
  const failures: Error[] = [];
  function send(due: number): void {
    pool.dispatch(designers.click(), {
      onRequestStart: () => undefined,
      onResponseStart(_controller, status) {
        if (status !== 202) failures.push(new Error(`a request was answered with ${status}`));
      },
      onResponseData: () => undefined,
      onResponseEnd() {
        latency.record(Math.max(1, Math.round((performance.now() - due) * 1e3)));
      },
      onResponseError(_controller, error) {
        failures.push(error);
      },
    });
  }
  for (let sent = 0; sent < perSecond * seconds && failures.length === 0; ) {
    const due = start + (sent * 1_000) / perSecond;
    if (due > performance.now()) await sleep(1);
    else {
      send(due);
      sent += 1;
    }
  }
  // Waits for what has been sent.
  await pool.close();
  if (failures[0]) throw failures[0];
  const ms = (microseconds: number) => microseconds / 1e3;
  return { perSecond, p50: ms(latency.percentile(50)), p99: ms(latency.percentile(99)), worst: ms(latency.max) };
}
