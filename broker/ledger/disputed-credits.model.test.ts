import fc from 'fast-check';
import { expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import { aHold, fundedPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

interface Lot {
  readonly id: string;
  credited: number;
  back: number;
  target: number;
  /** How many disputes there were, and whether the last one is open. */
  disputes: number;
  isDisputed: boolean;
  /** What of it was spent when its dispute opened: nothing more of it can be while that is open. */
  spentBefore: number;
}

/** What was bought, in the order of its credits, and how much is spent: first what was bought first and is not blocked. */
class Books {
  readonly #lots: Lot[] = [];
  readonly #known = new Map<string, Lot>();
  spent = 0;

  lot(id: string): Lot {
    const none = { id, credited: 0, back: 0, target: 0, disputes: 0, isDisputed: false, spentBefore: 0 };
    const lot = this.#known.get(id) ?? none;
    this.#known.set(id, lot);
    return lot;
  }
  credit(id: string, credited: number): void {
    const lot = this.lot(id);
    this.#lots.push(lot);
    lot.credited = credited;
    this.takeBack(id, lot.target);
    if (lot.isDisputed) lot.spentBefore = this.#spentOf(lot);
  }
  takeBack(id: string, target: number): void {
    const lot = this.lot(id);
    Object.assign(lot, { target, back: Math.min(target, lot.credited) });
  }
  dispute(id: string, isDisputed: boolean): void {
    const lot = this.lot(id);
    lot.spentBefore = this.#spentOf(lot);
    Object.assign(lot, { isDisputed, disputes: lot.disputes + Number(isDisputed) });
  }
  get funds() {
    const blocked = this.#lots.reduce((total, lot) => total + this.#blockedOf(lot), 0);
    const paid = this.#lots.reduce((total, { credited, back }) => total + credited - back, 0) - this.spent;
    return { paid, blocked, available: paid - blocked };
  }
  #blockedOf({ credited, back, isDisputed, spentBefore }: Lot): number {
    return isDisputed ? Math.max(0, credited - back - spentBefore) : 0;
  }
  #spentOf(lot: Lot): number {
    const older = this.#lots.slice(0, this.#lots.indexOf(lot));
    const before = older.reduce((total, each) => total + each.credited - each.back - this.#blockedOf(each), 0);
    return Math.max(0, Math.min(lot.credited, this.spent - before));
  }
}

const id = fc.constantFrom('a', 'b', 'c', 'd');
const amount = fc.integer({ min: 1, max: 9 });
type Step = readonly [kind: 'topup' | 'claw' | 'dispute' | 'hold' | 'settle' | 'adjust', id: string, amount: number];
const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('topup', 'topup', 'claw', 'dispute', 'hold', 'hold', 'settle', 'adjust'),
  id,
  amount,
);
const actor = 'test';

async function blocksWhatTheBooksSay(steps: readonly Step[]): Promise<void> {
  const pool = await fundedPool(ledger);
  const { poolId } = pool;
  const books = new Books();
  const held: { generationId: string; ceiling: number }[] = [];
  for (const [kind, paymentId, value] of steps) {
    const payment = { poolId, paymentId, actor };
    const credits = millicredits(value);
    switch (kind) {
      case 'topup': {
        const { code } = await ledger.topup({ ...payment, amount: credits, origin: 'paid', reference: 'cs' });
        if (code === 'OK') books.credit(paymentId, value);
        break;
      }
      case 'claw': {
        const { revision } = await ledger.readPayment(poolId, paymentId);
        await ledger.clawTo({ ...payment, target: millicredits(value - 1), reference: 're', revision });
        books.takeBack(paymentId, value - 1);
        break;
      }
      case 'dispute': {
        const { isDisputed, disputes } = books.lot(paymentId);
        const disputeId = `dp_${isDisputed ? disputes : disputes + 1}`;
        await ledger.dispute({ ...payment, disputeId, phase: isDisputed ? 'won' : 'open' });
        books.dispute(paymentId, !isDisputed);
        break;
      }
      case 'hold': {
        const command = aHold(pool, value);
        const { code } = await ledger.hold(command);
        expect(code).toBe(books.funds.available >= value ? 'OK' : 'INSUFFICIENT');
        if (code !== 'OK') break;
        books.spent += value;
        held.push(command);
        break;
      }
      case 'settle': {
        const hold = held.pop();
        if (!hold) break;
        // Some are captured whole, some in part, some given back.
        const actual = Math.min(Math.max(value - 3, 0), hold.ceiling);
        const ids = { ...pool, generationId: hold.generationId, actor };
        if (actual > 0) await ledger.capture({ ...ids, actual: millicredits(actual), reference: 'job' });
        else await ledger.release({ ...ids, state: 'failed', reason: 'timeout' });
        books.spent -= hold.ceiling - actual;
        break;
      }
      case 'adjust': {
        const change = value - 6;
        if (change === 0) break;
        const operationId = crypto.randomUUID();
        const correction = {
          poolId,
          operationId,
          change: millicredits(change),
          origin: 'paid',
          why: 'test',
          actor,
        } as const;
        if ((await ledger.adjust(correction)).code !== 'OK') break;
        if (change > 0) books.credit(operationId, change);
        else books.spent -= change;
        break;
      }
      default:
        kind satisfies never;
    }
    expect(await ledger.readPool(poolId)).toMatchObject(books.funds);
  }
  expect(await auditPool(redis, poolId)).toEqual([]);
}

const seed = Number(process.env.LEDGER_SEED ?? Date.now() % 2 ** 31);
// A cluster is here to be asked the same; each of its answers waits for a replica.
const numRuns = process.env.TEST_CLUSTER_URL ? 100 : 800;
/** Histories that run side by side, each on a pool of its own: so they share the writes to the disk. */
const LANES = 16;

test(`disputes block what first in, first out leaves of their payments, in ${numRuns} random histories (LEDGER_SEED=${seed})`, async () => {
  const histories = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 24 }), blocksWhatTheBooksSay);
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    fc.assert(histories, { seed: seed + lane, numRuns: Math.ceil(numRuns / LANES) }),
  );
  const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === 'rejected');
  if (failed) throw failed.reason;
});
