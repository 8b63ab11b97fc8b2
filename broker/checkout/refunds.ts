import { InkpotError } from '../../shared/errors.ts';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import { durably } from '../redis/topology.ts';
import { Refund } from './refund.ts';

/** One index for all pools; a refund is put in before its record is written and taken out when nothing more is to be done. */
const OPEN_REFUNDS = 'open-refunds';

export type Refunds = ReturnType<typeof createRefunds>;

/** The records of refunds in Redis, `refunds:{pool}:<payment>`, kept for ever beside the payment they are of. */
export function createRefunds(redis: RedisClient) {
  async function read(name: Pick<Refund, 'pool' | 'payment' | 'id'>): Promise<Refund | null> {
    const kept = await repeatUntilKnown(() => redis.hGet(keyOf(name), name.id));
    return kept ? Refund.parse(JSON.parse(kept)) : null;
  }

  async function forgetMember(member: string): Promise<void> {
    await repeatUntilKnown(() => redis.zRem(OPEN_REFUNDS, member));
  }

  return {
    read,

    /** The refunds of one payment. */
    async list(pool: string, payment: string): Promise<Refund[]> {
      const kept = await repeatUntilKnown(() => redis.hVals(keyOf({ pool, payment })));
      return kept.map((text) => Refund.parse(JSON.parse(text)));
    },

    /**
     * Records a refund that is about to be made, or finds the one of this id.
     * @throws InkpotError `idempotency_key_reused` when the id was used for another amount.
     */
    async reserve(refund: Omit<Refund, 'state'>): Promise<Refund> {
      const fresh: Refund = { ...refund, state: 'reserved' };
      const key = keyOf(refund);
      const indexed = { score: refund.createdAt, value: memberOf(refund) };
      await repeatUntilKnown(async () => {
        await durably(redis, OPEN_REFUNDS, (server) => server.zAdd(OPEN_REFUNDS, indexed, { condition: 'NX' }));
        await durably(redis, key, (server) => server.hSetNX(key, refund.id, JSON.stringify(fresh)));
      });
      const kept = (await read(refund)) ?? fresh;
      if (kept.amount !== refund.amount) throw new InkpotError('idempotency_key_reused');
      return kept;
    },

    /** Writes what became of a refund. It stays in the index until it is forgotten. */
    async end(refund: Refund, state: 'done' | 'refused'): Promise<void> {
      const key = keyOf(refund);
      const ended = JSON.stringify({ ...refund, state });
      await repeatUntilKnown(() => durably(redis, key, (server) => server.hSet(key, refund.id, ended)));
    },

    /** Takes a refund off the index: nothing more is to be done about it. */
    forget: (refund: Refund) => forgetMember(memberOf(refund)),

    /** The refunds begun before `createdBefore` (ms since 1970) that may not be over: somebody died on the way. */
    async listOpen(createdBefore: number): Promise<Refund[]> {
      const members = await repeatUntilKnown(() => redis.zRange(OPEN_REFUNDS, '-inf', createdBefore, { BY: 'SCORE' }));
      const open: Refund[] = [];
      for (const member of members) {
        const [pool = '', payment = '', id = ''] = member.split(' ');
        const refund = await read({ pool, payment, id });
        if (refund) open.push(refund);
        else await forgetMember(member);
      }
      return open;
    },
  };
}

function keyOf({ pool, payment }: Pick<Refund, 'pool' | 'payment'>): string {
  return `refunds:{${pool}}:${payment}`;
}

function memberOf({ pool, payment, id }: Pick<Refund, 'pool' | 'payment' | 'id'>): string {
  return `${pool} ${payment} ${id}`;
}
