import { formatCredits, formatUsd, millicredits } from '../../shared/credits.ts';
import { createFindings, type Finding } from '../auditor/findings.ts';
import { jobNameOf } from '../generations/generation.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import type { Ledger } from '../ledger/index.ts';
import { listPools } from '../ledger/list-pools.ts';
import type { RedisClient } from '../redis/connect.ts';
import type { Printer } from './printer.ts';

/**
 * Audits pools, one line for each, and prints what the auditor has found last and the evidence that it kept.
 * @returns whether all are sound.
 */
export async function reportAudit(redis: RedisClient, poolIds: readonly string[], print: Printer): Promise<boolean> {
  const findings = createFindings(redis);
  let sound = true;
  for (const poolId of poolIds) {
    const violations = await auditPool(redis, poolId, { jobOf: jobNameOf });
    const finding = await findings.read(poolId);
    const lines = [...listViolations(violations), ...(finding ? describeFinding(finding) : [])];
    const told = [`${poolId}: ${violations.length === 0 ? 'sound' : 'BROKEN'}`, ...lines].join('\n');
    print({ poolId, violations, finding }, told);
    sound &&= violations.length === 0;
  }
  return sound;
}

function listViolations(violations: Finding['violations']): string[] {
  return violations.map(({ invariant, detail }) => `  ${invariant}: ${detail}`);
}

function describeFinding({ foundAt, soundAt, violations, pool, entries }: Finding): string[] {
  const since = soundAt === undefined ? '' : `, sound again since ${new Date(soundAt).toISOString()}`;
  return [
    `  the auditor found at ${new Date(foundAt).toISOString()}${since}:`,
    ...listViolations(violations).map((line) => `  ${line}`),
    `    the pool was ${JSON.stringify(pool)}`,
    ...entries.map(({ id, message }) => `    ${id} ${JSON.stringify(message)}`),
  ];
}

/** What the house owes: all that pools have and have not spent. Debts are told apart, or they would hide it. */
export async function reportLiabilities(redis: RedisClient, ledger: Ledger, print: Printer): Promise<void> {
  const total = { pools: 0, paid: 0, gift: 0, held: 0, debt: 0 };
  for (const poolId of await listPools(redis)) {
    const pool = await ledger.readPool(poolId);
    if (!pool) continue;
    total.pools += 1;
    total.paid += Math.max(pool.paid, 0);
    total.gift += Math.max(pool.gift, 0);
    total.held += pool.held;
    total.debt += Math.max(-pool.paid, 0) + Math.max(-pool.gift, 0);
  }
  const line = (name: string, amount: number) =>
    `${name}: ${formatCredits(millicredits(amount))} (${formatUsd(millicredits(amount))})`;
  const { pools, paid, gift, held, debt } = total;
  const lines = [line('bought', paid), line('given', gift), line('held', held), line('owed to the house', debt)];
  print(total, [`${pools} pools`, ...lines].join('\n'));
}
