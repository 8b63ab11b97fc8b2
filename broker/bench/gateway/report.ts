import { Console } from 'node:console';
import { rounded } from '../rounds.ts';
import type { Measured } from './in-flight.ts';
import type { Memory } from './memory.ts';

/** One way of getting pictures, with so many in flight. */
export interface Cell extends Measured {
  readonly picture: string;
  readonly inFlight: number;
  readonly who: string;
  /** What each call took of all cores where it was served, its Redis included, in ms; NaN where nobody looked. */
  readonly cpuMs: number;
}

const BROKER = 'the broker, by fal’s webhooks';

const GOALS = {
  addedMs: 'at most 2 × bare sharp + 10 ms, one in flight',
  ratioToBareSharp: 'at least 0.7, 50 in flight',
  memoryToInFlight: 'at most 3',
};

/** The broker beside its baselines, by size of the pictures. */
export function summarize(cells: readonly Cell[], memory: Memory) {
  const find = (picture: string, inFlight: number, who: string) =>
    cells.find((cell) => cell.picture === picture && cell.inFlight === inFlight && cell.who === who);
  const pictures = [...new Set(cells.map(({ picture }) => picture))];
  const ratios = pictures.map((picture) => {
    const bareMs = find(picture, 1, 'bare sharp')?.p50 ?? Number.NaN;
    const added = (find(picture, 1, BROKER)?.p50 ?? Number.NaN) - (find(picture, 1, 'fal itself')?.p50 ?? Number.NaN);
    const rate = (who: string) => find(picture, 50, who)?.perSecond ?? Number.NaN;
    const cpu = (who: string) => find(picture, 50, who)?.cpuMs ?? Number.NaN;
    return {
      picture,
      addedMs: added,
      addedToGoal: added / (2 * bareMs + 10),
      ratioToBareSharp: rate(BROKER) / rate('bare sharp'),
      byCpu: cpu('bare sharp') / cpu(BROKER),
    };
  });
  const peak = Math.max(...memory.peaks);
  return {
    cells,
    ratios,
    memory,
    memoryToInFlight: (peak - memory.idle) / memory.inFlight,
    lastPeakToFirst: (memory.peaks.at(-1) ?? Number.NaN) / (memory.peaks[0] ?? Number.NaN),
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
  process.stdout.write('From asking for a picture to its bytes, providers taking no time of their own:\n');
  table(
    summary.cells.map(({ picture, inFlight, who, p50, p90, perSecond, cpuMs, failed }) => ({
      picture,
      'in flight': inFlight,
      who,
      'p50 ms': rounded(p50),
      'p90 ms': rounded(p90),
      'pictures/s': rounded(perSecond),
      'CPU ms': Number.isNaN(cpuMs) ? '' : rounded(cpuMs),
      failed,
    })),
  );
  table(
    summary.ratios.map(({ picture, addedMs, addedToGoal, ratioToBareSharp, byCpu }) => ({
      picture,
      'added, ms': rounded(addedMs),
      'of what is allowed (≤ 1)': rounded(addedToGoal),
      'throughput to bare sharp (≥ 0.7)': rounded(ratioToBareSharp),
      'by CPU': rounded(byCpu),
    })),
  );
  const { memory } = summary;
  const mega = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  process.stdout.write(
    `Memory with ${mega(memory.inFlight)} in flight: ${mega(memory.idle)} idle, peaks ${memory.peaks.map(mega).join(', ')}: ` +
      `${rounded(summary.memoryToInFlight)} × what is in flight (≤ 3), last fifth to first ${rounded(summary.lastPeakToFirst)}.\n`,
  );
}
