import { z } from 'zod';
import type { RedisClient } from '../../redis/connect.ts';
import { repeatUntilKnown } from '../../redis/repeat-until-known.ts';
import type { Topup, TopupName } from '../topup.ts';
import { recordKey } from '../topups.ts';
import { Arrangement, monthOf, needsCare, type StopReason, type Terms } from './arrangement.ts';
import beginScript from './begin.lua';
import changeScript from './change.lua';
import finishScript from './finish.lua';
import type { SavedCard } from './saved-cards.ts';

/** The pools whose arrangement needs looking after. Written first and cleared last; it shares no slot with them. */
const WATCHED = 'auto-topups';

const Done = z.union([z.literal(0), z.literal(1)]).transform((done) => done === 1);

/** Who agrees, and to what. */
export interface Consent {
  readonly pool: string;
  readonly account: string;
  readonly email: string;
  readonly terms: Terms;
}

/** What a charge came to. */
export type ChargeEnd = 'paid' | 'not_charged' | StopReason;

export type Arrangements = ReturnType<typeof createArrangements>;

/**
 * The auto top-ups of all pools in Redis. Everything here may be repeated. A charge is begun in one step with its record,
 * so that whoever dies, the next one sees what may have been charged.
 * @throws InkpotError `broker_busy` when the outcome is unknown.
 */
export function createArrangements(redis: RedisClient, clock: () => number) {
  /** @returns whether it was in one of the states. */
  async function change(pool: string, states: readonly string[], fields: Record<string, string>): Promise<boolean> {
    const args = [states.join(','), ...Object.entries(fields).flat()];
    return Done.parse(await repeatUntilKnown(() => redis.eval(changeScript, { keys: [keyOf(pool)], arguments: args })));
  }

  async function watch(pool: string): Promise<void> {
    await repeatUntilKnown(() => redis.sAdd(WATCHED, pool));
  }

  async function read(pool: string): Promise<Arrangement | null> {
    const fields = await repeatUntilKnown(() => redis.hGetAll(keyOf(pool)));
    return 'pool' in fields ? Arrangement.parse(fields) : null;
  }

  return {
    read,

    /** The pools that need looking after. */
    list: () => repeatUntilKnown(() => redis.sMembers(WATCHED)),

    /** Takes a pool from the list, unless there is something to look after again. */
    async forget(pool: string): Promise<void> {
      await repeatUntilKnown(() => redis.sRem(WATCHED, pool));
      const now = await read(pool);
      if (now && needsCare(now)) await watch(pool);
    },

    /** Notes the consent before a card is asked for; the old card, if there is one, is not charged any more. */
    async agree(consent: Consent): Promise<void> {
      await watch(consent.pool);
      const fields = { ...fieldsOf(consent, clock()), state: 'setting_up', setup: '', mailDue: '0' };
      await change(consent.pool, ['', 'off', 'stopped', 'setting_up'], fields);
      // It may have been taken from the list just before the change.
      await watch(consent.pool);
    },

    /** Other terms for the card that is saved. @returns false when it is not on. */
    amend: (consent: Consent) => change(consent.pool, ['on'], fieldsOf(consent, clock())),

    /** Notes where the card is being saved. */
    async setSetup(pool: string, setup: string, customer: string): Promise<void> {
      await change(pool, ['setting_up'], { setup, customer });
    },

    /** The card is saved: from now on it is charged. */
    async turnOn(pool: string, { id, name }: SavedCard): Promise<void> {
      await change(pool, ['setting_up'], { state: 'on', card: id, cardName: name });
    },

    /** Nothing more is begun. What was begun ends as it ends. @returns the card that is to be forgotten; '' for none. */
    async turnOff(pool: string): Promise<string> {
      const before = await repeatUntilKnown(() => redis.hGet(keyOf(pool), 'card'));
      await change(pool, ['setting_up', 'on', 'stopped'], {
        state: 'off',
        card: '',
        cardName: '',
        email: '',
        mailDue: '0',
      });
      return before ?? '';
    },

    /**
     * Begins a charge, unless another one was since the balance was read, or the month's limit would be passed.
     * @param begun what {@link Arrangement.begun} was before the balance was read.
     */
    async begin(pool: string, begun: number): Promise<void> {
      await watch(pool);
      const now = clock();
      const keys = [keyOf(pool), recordKey(topupName(pool, begun + 1))];
      const args = [String(begun), monthOf(now), String(now)];
      // A repeat finds the place taken: what is begun is to be read.
      await repeatUntilKnown(() => redis.eval(beginScript, { keys, arguments: args }));
    },

    async finish({ pool, id, cents }: Topup, end: ChargeEnd): Promise<void> {
      const reason = end === 'paid' || end === 'not_charged' ? '' : end;
      const args = [id, String(cents), end === 'paid' ? '1' : '0', reason];
      await repeatUntilKnown(() => redis.eval(finishScript, { keys: [keyOf(pool)], arguments: args }));
    },

    async mailed(pool: string): Promise<void> {
      await change(pool, ['stopped'], { mailDue: '0' });
    },
  };
}

/** The name of the n-th charge of a pool. */
function topupName(pool: string, n: number): TopupName {
  return { pool, id: `auto-${n}` };
}

function keyOf(pool: string): string {
  return `auto-topup:{${pool}}`;
}

function fieldsOf({ pool, account, email, terms }: Consent, now: number): Record<string, string> {
  const { threshold, pack, credits, cents, monthlyCents } = terms;
  const numbers = { threshold, credits, cents, monthlyCents, agreedAt: now };
  const texts = Object.entries(numbers).map(([name, value]) => [name, String(value)]);
  return { pool, account, email, pack, ...Object.fromEntries(texts) };
}
