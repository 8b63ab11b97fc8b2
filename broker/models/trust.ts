import type { Logger } from 'pino';
import { z } from 'zod';
import type { Trust, TrustWindow } from '../../shared/api/models.ts';
import type { RedisClient } from '../redis/connect.ts';
import { withDeadline } from '../redis/deadline.ts';

/** How a generation ended, as far as its model is to be judged by it. What a person cancelled says nothing. */
export type TrustOutcome = 'delivered' | 'partly' | 'failed' | 'refused';

/** How each model has done lately, from this house's own generations. */
export interface ModelTrust {
  /** Counts an ending. @param waitMs from the click to the end. */
  ended(modelId: string, outcome: TrustOutcome, waitMs: number): void;
  of(modelId: string): Trust;
  /** The same object as long as nothing has changed. */
  snapshot(): object;
  /** Reads what all brokers have counted, now and from then on every half minute. */
  start(): Promise<void>;
  stop(): void;
}

export interface ModelTrustOptions {
  /** What may be lost: without it nobody says how a model does. */
  readonly redis: RedisClient;
  readonly logger: Logger;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Endings are counted by ten minutes of a day. */
const SLICE = 10 * 60_000;
const SLICES = { hour: 6, day: 144 } as const;

/** How long a slice is kept, in seconds: a day, and until everybody has read it. */
const KEEP = 90_000;

const REFRESH_INTERVAL = 30_000;
const PATIENCE = 2_000;

/** Fewer endings than these say nothing. */
const FEWEST = 5;

/** Waits are counted by steps of 15 %, from a tenth of a second on. */
const FIRST_STEP = 100;
const STEP = Math.log(1.15);

const UNKNOWN: Trust = { hour: null, day: null };
const Counts = z.record(z.string(), z.coerce.number());
type Counts = z.infer<typeof Counts>;

/** Counts in Redis, one hash for each ten minutes, with fields `<model> <outcome>` and `<model> ~<wait step>`. */
export function createModelTrust({ redis, logger, clock }: ModelTrustOptions): ModelTrust {
  const past = new Map<number, Counts>();
  let known = new Map<string, Trust>();
  let timer: NodeJS.Timeout | undefined;

  const keyOf = (slice: number) => `trust:${slice}`;
  const sliceNow = () => Math.floor(clock() / SLICE);

  async function count(modelId: string, outcome: TrustOutcome, waitMs: number): Promise<void> {
    const key = keyOf(sliceNow());
    const fields = [`${modelId} ${outcome}`];
    if (outcome === 'delivered' || outcome === 'partly') fields.push(`${modelId} ~${stepOf(waitMs)}`);
    await Promise.all([...fields.map((field) => redis.hIncrBy(key, field, 1)), redis.expire(key, KEEP)]);
  }

  /** Slices that are over do not change any more, so each is read once. */
  async function refresh(): Promise<void> {
    const last = sliceNow();
    const wanted = Array.from({ length: SLICES.day }, (_, age) => last - age);
    for (const slice of past.keys()) if (slice <= last - SLICES.day) past.delete(slice);
    const unread = wanted.filter((slice) => slice >= last - 1 || !past.has(slice));
    const read = await withDeadline(PATIENCE, () => Promise.all(unread.map((slice) => redis.hGetAll(keyOf(slice)))));
    for (const [at, slice] of unread.entries()) past.set(slice, Counts.parse(read[at]));
    const windows = {
      hour: judge(wanted.slice(0, SLICES.hour).map((slice) => past.get(slice) ?? {})),
      day: judge(wanted.map((slice) => past.get(slice) ?? {})),
    };
    const next = new Map(
      [...windows.day.keys()].map((modelId) => [
        modelId,
        { hour: windows.hour.get(modelId) ?? null, day: windows.day.get(modelId) ?? null },
      ]),
    );
    if (JSON.stringify([...next]) !== JSON.stringify([...known])) known = next;
  }

  const inBackground = (work: Promise<void>) =>
    work.catch((err: unknown) => logger.warn({ err }, 'how models do is not counted or known just now'));

  return {
    ended: (...ending) => void inBackground(withDeadline(PATIENCE, () => count(...ending))),
    of: (modelId) => known.get(modelId) ?? UNKNOWN,
    snapshot: () => known,
    async start() {
      await inBackground(refresh());
      timer = setInterval(() => void inBackground(refresh()), REFRESH_INTERVAL);
    },
    stop: () => clearInterval(timer),
  };
}

interface Tally {
  readonly outcomes: Record<TrustOutcome, number>;
  readonly waits: Map<number, number>;
}

/** What the counts of some slices say of each model that has ended often enough. */
function judge(slices: readonly Counts[]): Map<string, TrustWindow> {
  const tallies = new Map<string, Tally>();
  for (const [field, times] of slices.flatMap((slice) => Object.entries(slice))) {
    const [modelId = '', what = ''] = field.split(' ');
    const tally = tallies.get(modelId) ?? {
      outcomes: { delivered: 0, partly: 0, failed: 0, refused: 0 },
      waits: new Map(),
    };
    tallies.set(modelId, tally);
    if (what.startsWith('~')) {
      const step = Number(what.slice(1));
      tally.waits.set(step, (tally.waits.get(step) ?? 0) + times);
    } else if (what in tally.outcomes) tally.outcomes[what as TrustOutcome] += times;
  }
  return new Map(
    [...tallies].flatMap(([modelId, tally]) => {
      const window = windowOf(tally);
      return window ? [[modelId, window]] : [];
    }),
  );
}

function windowOf({ outcomes, waits }: Tally): TrustWindow | null {
  const { delivered, partly, failed, refused } = outcomes;
  const ended = delivered + partly + failed + refused;
  if (ended < FEWEST) return null;
  const tried = delivered + partly + failed;
  return {
    ended,
    successRate: tried === 0 ? null : (delivered + partly) / tried,
    refundedShare: (partly + failed + refused) / ended,
    waitP50Ms: waitAt(waits, 0.5),
    waitP90Ms: waitAt(waits, 0.9),
  };
}

function stepOf(waitMs: number): number {
  return Math.max(0, Math.round(Math.log(waitMs / FIRST_STEP) / STEP));
}

/** The wait that a share of deliveries did not exceed, in ms, within the width of a step. */
function waitAt(waits: ReadonlyMap<number, number>, share: number): number | null {
  const all = [...waits.values()].reduce((sum, times) => sum + times, 0);
  let seen = 0;
  for (const [step, times] of [...waits].sort(([a], [b]) => a - b)) {
    seen += times;
    if (seen >= all * share) return Math.round(FIRST_STEP * Math.exp(step * STEP));
  }
  return null;
}
