import { createHistogram } from 'node:perf_hooks';
import { millicredits } from '../../../shared/credits.ts';
import type { Ledger } from '../../ledger/index.ts';
import { MEMBER, sketchHold } from './scene.ts';

/** What holds that are captured at once cost through the broker's own ledger. */
export interface Pairs {
  readonly pairsPerSecond: number;
  /** ms */
  readonly holdP50: number;
  readonly holdP99: number;
  readonly captureP50: number;
  readonly captureP99: number;
}

export interface PairsOptions {
  readonly ledger: Ledger;
  readonly pools: readonly string[];
  /** How many callers wait for an answer at once, on the one connection that a broker has. */
  readonly clients: number;
  readonly seconds: number;
}

let made = 0;

/** Callers that make a hold, capture it and begin anew; each pair is in the next pool. */
export async function measurePairs({ ledger, pools, clients, seconds }: PairsOptions): Promise<Pairs> {
  const holds = createHistogram();
  const captures = createHistogram();
  const start = performance.now();
  const end = start + seconds * 1_000;
  let pairs = 0;
  async function callAgainAndAgain(): Promise<void> {
    while (performance.now() < end) {
      const at = process.hrtime.bigint();
      const poolId = pools[made % pools.length] ?? '';
      const generationId = `${poolId}-${(made++).toString(36).padStart(26, '0')}`;
      const held = await ledger.hold(sketchHold(poolId, generationId));
      const between = process.hrtime.bigint();
      holds.record(between - at);
      const captured = await ledger.capture({
        poolId,
        generationId,
        memberId: MEMBER,
        actual: millicredits(60),
        reference: 'job_1',
        actor: 'worker',
      });
      captures.record(process.hrtime.bigint() - between);
      if (held.code !== 'OK' || captured.code !== 'OK') throw new Error(`${held.code}, then ${captured.code}`);
      pairs += 1;
    }
  }
  await Promise.all(Array.from({ length: clients }, callAgainAndAgain));
  const ms = (nanoseconds: number) => nanoseconds / 1e6;
  return {
    pairsPerSecond: (pairs * 1_000) / (performance.now() - start),
    holdP50: ms(holds.percentile(50)),
    holdP99: ms(holds.percentile(99)),
    captureP50: ms(captures.percentile(50)),
    captureP99: ms(captures.percentile(99)),
  };
}
