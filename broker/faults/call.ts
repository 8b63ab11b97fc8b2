import { millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Ledger, PoolBalance } from '../ledger/index.ts';
import { aHold, type fundedPool } from '../ledger/test-ledger.ts';
import { MOST_OPEN } from './check-history.ts';
import type { Call, Operation } from './history.ts';

type Pool = Awaited<ReturnType<typeof fundedPool>>;

/** Asks the ledger for something, and notes what it said. @throws what it should not throw. */
export async function call(ledger: Ledger, pool: Pool, operation: Operation): Promise<Call> {
  const invoked = performance.now();
  const told = await perform(ledger, pool, operation).catch((error: unknown) => {
    if (error instanceof InkpotError && error.code === 'broker_busy') return null;
    throw error;
  });
  const ended = performance.now();
  if (!told) return { operation, invoked, ended, answer: null };
  const { paid, gift, held, in: came, spent, out, seq } = told.balance;
  return {
    operation,
    invoked,
    ended,
    answer: { code: told.code, seq, funds: { paid, gift, held, in: came, spent, out } },
  };
}

async function perform(
  ledger: Ledger,
  pool: Pool,
  operation: Operation,
): Promise<{ code: string; balance: PoolBalance } | null> {
  const { poolId } = pool;
  switch (operation.kind) {
    case 'read': {
      const balance = await ledger.readPool(poolId);
      return balance && { code: 'OK', balance };
    }
    case 'topup': {
      const payment = { paymentId: operation.id, amount: millicredits(operation.amount), origin: 'paid' } as const;
      return ledger.topup({ poolId, ...payment, reference: 'cs_1', actor: 'checkout' });
    }
    case 'hold':
      return ledger.hold(aHold(pool, operation.amount, { generationId: operation.id, maxOpenHolds: MOST_OPEN }));
    case 'capture': {
      const spent = { generationId: operation.id, actual: millicredits(operation.amount), reference: 'job' };
      return ledger.capture({ ...pool, ...spent, actor: 'worker' });
    }
    case 'release':
      return ledger.release({
        ...pool,
        generationId: operation.id,
        state: 'failed',
        reason: 'timeout',
        actor: 'worker',
      });
    default:
      return operation satisfies never;
  }
}
