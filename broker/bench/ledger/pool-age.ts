import type { Ledger } from '../../ledger/index.ts';
import { median } from '../rounds.ts';
import { measurePairs } from './pairs.ts';
import { openRichPool } from './scene.ts';

/** Pairs per second on pools that have just been opened and on one with a long past. */
export interface PoolAge {
  readonly entries: number;
  readonly youngPairsPerSecond: number;
  readonly oldPairsPerSecond: number;
}

const CLIENTS = 64;
const SLICES = 12;

/** Makes a pool's past by real holds and captures, then compares it in short turns, each with a new pool. */
export async function measurePoolAge(ledger: Ledger, entries: number): Promise<PoolAge> {
  const old = await openRichPool(ledger);
  while (((await ledger.readPool(old))?.seq ?? 0) < entries) {
    await measurePairs({ ledger, pools: [old], clients: 256, seconds: 1 });
  }
  const young: number[] = [];
  const aged: number[] = [];
  for (let slice = 0; slice < SLICES; slice++) {
    const pools = [await openRichPool(ledger)];
    young.push((await measurePairs({ ledger, pools, clients: CLIENTS, seconds: 0.25 })).pairsPerSecond);
    aged.push((await measurePairs({ ledger, pools: [old], clients: CLIENTS, seconds: 0.25 })).pairsPerSecond);
  }
  return { entries, youngPairsPerSecond: median(young), oldPairsPerSecond: median(aged) };
}
