import type { Alarm, AlarmKind, Alarms } from '../alarms/alarms.ts';

/** So many pools are told of one by one. */
const MOST_TOLD = 20;

/** Alarms of one pass, each about one pool. */
export interface Teller {
  tell(alarm: Alarm): Promise<void>;
  /** Tells of those that were too many, together. */
  end(): Promise<void>;
}

/** What befalls one pool may befall all: then the operator is not mailed for each of ten thousand. */
export function createTeller(alarms: Alarms): Teller {
  const told = new Map<AlarmKind, Alarm[]>();
  return {
    async tell(alarm) {
      const ofKind = told.get(alarm.kind) ?? [];
      told.set(alarm.kind, ofKind);
      if (ofKind.push(alarm) <= MOST_TOLD) await alarms.raise(alarm);
    },
    async end() {
      for (const [kind, all] of told) {
        const more = all.slice(MOST_TOLD);
        const [first] = more;
        if (!first) continue;
        const what = `${more.length} pools more, beside those told of one by one. The first: ${first.what}`;
        await alarms.raise({ kind, about: 'more pools', what, details: { pools: more.map(({ about }) => about) } });
      }
    },
  };
}
