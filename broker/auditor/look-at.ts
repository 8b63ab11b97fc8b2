import type { Logger } from 'pino';
import { ulid } from 'ulid';
import { InkpotError } from '../../shared/errors.ts';
import type { Alarms } from '../alarms/alarms.ts';
import { type AuditOptions, auditPool } from '../ledger/audit-pool.ts';
import type { Violation } from '../ledger/fold.ts';
import { haltPool } from '../ledger/halt-pool.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { RedisClient } from '../redis/connect.ts';
import type { Finding, Findings } from './findings.ts';

export interface LookOptions extends AuditOptions {
  readonly redis: RedisClient;
  readonly ledger: Pick<Ledger, 'freeze'>;
  readonly findings: Findings;
  readonly alarms: Alarms;
  readonly metrics: Pick<Metrics, 'poolAudited'>;
  readonly logger: Logger;
  /** ms since 1970 */
  readonly clock: () => number;
}

const ACTOR = 'broker:auditor';

/**
 * Audits a pool. One that does not follow from its entries is frozen and the operator is called, once for each time that
 * it breaks; the evidence stays. Each step may be repeated, so whoever dies in between leaves nothing undone for good.
 * @returns whether the pool is sound.
 */
export async function lookAt(options: LookOptions, poolId: string): Promise<boolean> {
  const { redis, findings, metrics, clock } = options;
  const violations = await auditPool(redis, poolId, options);
  // Found twice: what a server that is being replaced told once is no evidence.
  const confirmed = violations.length > 0 ? await auditPool(redis, poolId, options) : violations;
  metrics.poolAudited(confirmed.length === 0);
  const last = await findings.read(poolId);
  const open = last?.soundAt === undefined ? last : null;
  if (confirmed.length === 0) {
    if (open) await findings.write(poolId, { ...open, soundAt: clock() });
    return true;
  }
  await act(options, poolId, open ?? (await findings.open(poolId, ulid(clock()), clock(), confirmed)), confirmed);
  return false;
}

async function act(
  options: LookOptions,
  poolId: string,
  finding: Finding,
  violations: readonly Violation[],
): Promise<void> {
  const { findings, alarms, logger, clock } = options;
  if (finding.alarmedAt !== undefined) {
    logger.error({ poolId, violations }, 'a pool is still broken');
    return;
  }
  await freeze(options, poolId, finding);
  const what = `Pool ${poolId} does not follow from its entries: ${wordsOf(finding)}. It is frozen. The evidence: admin audit ${poolId}`;
  await alarms.raise({ kind: 'broken_pool', about: poolId, what, details: { finding } });
  await findings.write(poolId, { ...finding, alarmedAt: clock() });
}

/** The ledger itself will not write an entry for a pool whose books do not balance; then it is stopped without one. */
async function freeze({ redis, ledger, logger }: LookOptions, poolId: string, finding: Finding): Promise<void> {
  const operationId = `audit_${finding.id}`;
  try {
    await ledger.freeze({ poolId, operationId, why: `audit: ${wordsOf(finding)}`, actor: ACTOR });
  } catch (error) {
    if (!(error instanceof InkpotError) || error.code === 'broker_busy') throw error;
    logger.warn({ err: error, poolId }, 'a broken pool is stopped without an entry');
    await haltPool(redis, poolId);
  }
}

/** The first of what is wrong, and how much more there is. */
function wordsOf({ violations }: Finding): string {
  const [first, ...more] = violations;
  return `${first?.invariant} ${first?.detail}${more.length > 0 ? `, and ${more.length} more` : ''}`;
}
