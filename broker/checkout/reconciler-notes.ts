import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import type { Hint } from './payment-source.ts';

const SINCE = 'reconciler:since';
const TO_SETTLE = 'reconciler:to-settle';

/** Stripe tells the events of the last 30 days. */
const FIRST_LOOK_MS = 30 * 24 * 3600_000;

/** How far a pass looks back behind the one before, in ms: Stripe's clock is not ours, and lists show an event late. */
const OVERLAP_MS = 10 * 60_000;

const Kind = z.enum(['session', 'payment']);

/** What the reconciler remembers from pass to pass, shared by all brokers. */
export function createReconcilerNotes(redis: RedisClient) {
  return {
    /** From when on Stripe must be asked, in ms since 1970. */
    async readSince(now: number): Promise<number> {
      const kept = await repeatUntilKnown(() => redis.get(SINCE));
      return kept === null ? now - FIRST_LOOK_MS : Number(kept) - OVERLAP_MS;
    },

    async setSince(time: number): Promise<void> {
      await repeatUntilKnown(() => redis.set(SINCE, String(time)));
    },

    /** Notes that something is still to be settled, and tells since when (ms since 1970). */
    async remember(hint: Hint, now: number): Promise<{ since: number }> {
      const value = memberOf(hint);
      await repeatUntilKnown(() => redis.zAdd(TO_SETTLE, { score: now, value }, { condition: 'NX' }));
      return { since: (await repeatUntilKnown(() => redis.zScore(TO_SETTLE, value))) ?? now };
    },

    async forget(hint: Hint): Promise<void> {
      await repeatUntilKnown(() => redis.zRem(TO_SETTLE, memberOf(hint)));
    },

    /** What is still to be settled, longest first. */
    async list(): Promise<Hint[]> {
      const members = await repeatUntilKnown(() => redis.zRange(TO_SETTLE, 0, -1));
      return members.map((member) => {
        const [kind, id = ''] = member.split(' ');
        return { kind: Kind.parse(kind), id };
      });
    },
  };
}

function memberOf({ kind, id }: Hint): string {
  return `${kind} ${id}`;
}
