import { Console } from 'node:console';
import { medians, rounded } from '../rounds.ts';
import type { BareHolds } from './bare-redis.ts';
import type { Pairs } from './pairs.ts';
import type { PoolAge } from './pool-age.ts';

/** Everything that was measured side by side with one number of clients in one round. */
interface Round {
  readonly clients: number;
  readonly bare: BareHolds;
  readonly hot: Pairs;
  readonly many: Pairs;
  /** Holds per second; null without PostgreSQL. */
  readonly postgres: { readonly hot: number; readonly many: number } | null;
}

interface Measured {
  readonly clients: readonly number[];
  readonly rounds: readonly Round[];
  readonly age: PoolAge;
  readonly bytesPerIdlePool: number;
}

/** What is worth comparing with: a floor, or a ceiling for what should be small. */
const GOALS = {
  ratioToHalfBare: 'at least 0.6, better 0.75',
  hotToManyPools: 'at least 0.95',
  costOldToYoung: 'at most 1.1',
  bytesPerIdlePool: 'at most 2000',
};

type Summary = ReturnType<typeof summarize>;

/** Medians and ratios. A pair is two scripts, so half of the bare rate is what pairs could reach. */
export function summarize({ clients, rounds, age, bytesPerIdlePool }: Measured) {
  const rows = clients.map((count) => {
    const own = rounds.filter((round) => round.clients === count);
    const bare = medians(own.map((round) => round.bare));
    const hot = medians(own.map((round) => round.hot));
    const many = medians(own.map((round) => round.many));
    const postgres = own.flatMap((round) => round.postgres ?? []);
    return {
      clients: count,
      bare,
      hot,
      many,
      postgres: postgres.length > 0 ? medians(postgres) : null,
      ratioToHalfBare: hot.pairsPerSecond / (bare.holdsPerSecond / 2),
      hotToManyPools: hot.pairsPerSecond / many.pairsPerSecond,
    };
  });
  const busy = rows.find((row) => row.clients === 64) ?? rows[0];
  return {
    rows,
    age,
    ratioToHalfBare: busy?.ratioToHalfBare ?? Number.NaN,
    hotToManyPools: busy?.hotToManyPools ?? Number.NaN,
    costOldToYoung: age.youngPairsPerSecond / age.oldPairsPerSecond,
    bytesPerIdlePool,
    goals: GOALS,
  };
}

/** One document, or tables for people. */
export function print(summary: Summary, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
    return;
  }
  const { table } = new Console(process.stdout);
  process.stdout.write('Hold and capture through the ledger, one connection, fsync on every write:\n');
  table(
    summary.rows.map(({ clients, bare, hot, many, postgres, ...ratios }) => ({
      clients,
      'bare holds/s': Math.round(bare.holdsPerSecond),
      'pairs/s, hot pool': Math.round(hot.pairsPerSecond),
      'pairs/s, 10,000 pools': Math.round(many.pairsPerSecond),
      '÷ half of bare': rounded(ratios.ratioToHalfBare),
      'hot ÷ many': rounded(ratios.hotToManyPools),
      ...(postgres && {
        'PostgreSQL holds/s, hot': Math.round(postgres.hot),
        'PostgreSQL holds/s, 10,000': Math.round(postgres.many),
      }),
    })),
  );
  process.stdout.write('Latency in ms, p50 / p99, hot pool:\n');
  table(
    summary.rows.map(({ clients, bare, hot }) => ({
      clients,
      'bare hold': `${rounded(bare.p50)} / ${rounded(bare.p99)}`,
      hold: `${rounded(hot.holdP50)} / ${rounded(hot.holdP99)}`,
      capture: `${rounded(hot.captureP50)} / ${rounded(hot.captureP99)}`,
    })),
  );
  const reached: Record<keyof typeof GOALS, number> = summary;
  process.stdout.write(`Goals (the pool of ${summary.age.entries} entries against new ones; rates at 64 clients):\n`);
  table(
    Object.fromEntries(
      Object.entries(GOALS).map(([name, goal]) => [
        name,
        { measured: rounded(reached[name as keyof typeof GOALS]), goal },
      ]),
    ),
  );
}
