import { Console } from 'node:console';
import { medians, rounded } from '../rounds.ts';
import type { Saturated } from './saturate.ts';
import type { Steady } from './steady.ts';

const GOALS = {
  ratioToBareExpress: 'at least 0.6',
  ratioToBareNode: 'at least 0.55, better 0.7',
  steadyP99Ms: 'less than 15',
};

/** Medians and ratios of throughput on one core, and the same by what a request costs of it. */
export function summarize(turns: ReadonlyMap<string, readonly Saturated[]>, steady: Steady) {
  const rows = Object.fromEntries([...turns].map(([name, measured]) => [name, medians(measured)]));
  const rate = (name: string) => rows[name]?.requestsPerSecond ?? Number.NaN;
  const cost = (name: string) => rows[name]?.cpuMicroseconds ?? Number.NaN;
  return {
    rows,
    steady,
    ratioToBareExpress: rate('broker') / rate('bare-express'),
    ratioToBareNode: rate('broker') / rate('bare-node'),
    byCpu: {
      ratioToBareExpress: cost('bare-express') / cost('broker'),
      ratioToBareNode: cost('bare-node') / cost('broker'),
    },
    steadyP99Ms: steady.p99,
    goals: GOALS,
  };
}

/** One document, or tables for people. */
export function print(summary: ReturnType<typeof summarize>, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
    return;
  }
  const { table } = new Console(process.stdout);
  process.stdout.write('POST /v1/generations, the server on one core, 64 connections:\n');
  table(
    Object.fromEntries(
      Object.entries(summary.rows).map(([name, row]) => [
        name,
        {
          'requests/s': Math.round(row.requestsPerSecond),
          'p50 / p99 / worst ms': `${rounded(row.p50)} / ${rounded(row.p99)} / ${rounded(row.worst)}`,
          'CPU µs a request': Math.round(row.cpuMicroseconds),
          'of Redis': Math.round(row.redisMicroseconds),
        },
      ]),
    ),
  );
  const { steady, byCpu, goals } = summary;
  process.stdout.write(`The broker at ${steady.perSecond} requests a second, open loop, and the goals:\n`);
  table({
    'p50 ms': { measured: rounded(steady.p50) },
    'worst ms': { measured: rounded(steady.worst) },
    steadyP99Ms: { measured: rounded(steady.p99), goal: goals.steadyP99Ms },
    ratioToBareExpress: {
      measured: rounded(summary.ratioToBareExpress),
      'by CPU': rounded(byCpu.ratioToBareExpress),
      goal: goals.ratioToBareExpress,
    },
    ratioToBareNode: {
      measured: rounded(summary.ratioToBareNode),
      'by CPU': rounded(byCpu.ratioToBareNode),
      goal: goals.ratioToBareNode,
    },
  });
}
