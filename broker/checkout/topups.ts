import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InkpotError } from '../../shared/errors.ts';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import createScript from './create-topup.lua';
import moveScript from './move-topup.lua';
import { CUSTOM, type Pack } from './packs.ts';
import { isOver, Topup, type TopupName, type TopupState } from './topup.ts';

/** One index for all pools, so it shares no slot with the records; it is written first and cleared last. */
const OPEN_TOPUPS = 'open-topups';

/** Another one: the top-ups that were credited, and when, until they have been compared with the payment source. */
const UNAUDITED_TOPUPS = 'unaudited-topups';

/** A top-up that nobody paid is kept this long for questions; one that was credited is kept for ever. */
const UNPAID_RETENTION_S = 35 * 24 * 3600;

const Created = z.tuple([z.enum(['0', '1'])], z.string());
const Moved = z.union([z.literal(-1), z.literal(0), z.literal(1)]);

/** A top-up that is not over, and when it was begun, in ms since 1970. */
interface OpenTopup extends TopupName {
  readonly createdAt: number;
}

export type Topups = ReturnType<typeof createTopups>;

/** The records of purchases in Redis, `topup:{pool}:<id>`, and the index of those that are not over. */
export function createTopups(redis: RedisClient, clock: () => number) {
  async function read({ pool, id }: TopupName): Promise<Topup | null> {
    const fields = await repeatUntilKnown(() => redis.hGetAll(recordKey({ pool, id })));
    return 'id' in fields ? Topup.parse(fields) : null;
  }

  async function forget({ pool, id }: TopupName): Promise<void> {
    await repeatUntilKnown(() => redis.zRem(OPEN_TOPUPS, memberOf({ pool, id })));
  }

  async function move(name: TopupName, state: TopupState, fields: Record<string, string> = {}): Promise<void> {
    if (state === 'credited') {
      const credited = { score: clock(), value: memberOf(name) };
      await repeatUntilKnown(() => redis.zAdd(UNAUDITED_TOPUPS, credited, { condition: 'NX' }));
    }
    const retention = state === 'expired' || state === 'failed' ? UNPAID_RETENTION_S : 0;
    const moved = Moved.parse(
      await repeatUntilKnown(() =>
        redis.eval(moveScript, {
          keys: [recordKey(name), creditedKey(name.pool)],
          arguments: [state, String(retention), ...Object.entries(fields).flat()],
        }),
      ),
    );
    if (moved === -1) throw new InkpotError('internal', { cause: `top-up ${name.id} has no record` });
    if (isOver(state)) await forget(name);
  }

  return {
    read,
    forget,
    move,

    /**
     * Records a purchase, or finds the one that this form has recorded before: the id is derived from who, where and the
     * form's key, so that a double click and a reload meet in one record without a second table.
     * @throws InkpotError `idempotency_key_reused` when the same form was sent before with another pack or amount.
     */
    async create(order: { account: string; pool: string; pack: Pack; key: string }): Promise<Topup> {
      const { account, pool, pack } = order;
      const id = createHash('sha256')
        .update(JSON.stringify([account, pool, order.key]))
        .digest('hex')
        .slice(0, 24);
      const createdAt = clock();
      const topup: Topup = {
        id,
        pool,
        account,
        pack: pack.id,
        credits: pack.credits,
        cents: pack.cents,
        state: 'created',
        createdAt,
      };
      const indexed = { score: createdAt, value: memberOf({ pool, id }) };
      await repeatUntilKnown(() => redis.zAdd(OPEN_TOPUPS, indexed, { condition: 'NX' }));
      const [isNew, ...fields] = Created.parse(
        await repeatUntilKnown(() =>
          redis.eval(createScript, {
            keys: [recordKey(topup)],
            arguments: Object.entries(topup).flatMap(([field, value]) => [field, String(value)]),
          }),
        ),
      );
      if (isNew === '1') return topup;

      const before = Topup.parse(Object.fromEntries(pairs(fields)));
      if (isOver(before.state)) await forget(before);
      const other = before.pack !== pack.id || (pack.id === CUSTOM && before.cents !== pack.cents);
      if (other) throw new InkpotError('idempotency_key_reused');
      return before;
    },

    /** The top-ups that brought a pool credits, oldest first. */
    async listCredited(pool: string): Promise<Topup[]> {
      const ids = await repeatUntilKnown(() => redis.zRange(creditedKey(pool), 0, -1));
      const found = await Promise.all(ids.map((id) => read({ pool, id })));
      return found.filter((topup) => topup !== null);
    },

    /** The top-ups that were begun before `createdBefore` (ms since 1970) and are not over, oldest first. */
    async listOpen(createdBefore: number): Promise<OpenTopup[]> {
      const members = await repeatUntilKnown(() =>
        redis.zRangeWithScores(OPEN_TOPUPS, '-inf', createdBefore, { BY: 'SCORE' }),
      );
      return members.map(({ value, score }) => ({ ...nameOf(value), createdAt: score }));
    },

    /** The top-ups that were credited before a time in ms since 1970 and are not audited yet, oldest first. */
    async listUnaudited(before: number): Promise<TopupName[]> {
      const members = await repeatUntilKnown(() =>
        redis.zRange(UNAUDITED_TOPUPS, '-inf', `(${before}`, { BY: 'SCORE' }),
      );
      return members.map(nameOf);
    },

    async noteAudited(name: TopupName): Promise<void> {
      await repeatUntilKnown(() => redis.zRem(UNAUDITED_TOPUPS, memberOf(name)));
    },
  };
}

/** Where a top-up's record is: in its pool's slot. */
export function recordKey({ pool, id }: TopupName): string {
  return `topup:{${pool}}:${id}`;
}

function memberOf({ pool, id }: TopupName): string {
  return `${pool}:${id}`;
}

function nameOf(member: string): TopupName {
  const [pool = '', id = ''] = member.split(':');
  return { pool, id };
}

function creditedKey(pool: string): string {
  return `credited-topups:{${pool}}`;
}

function* pairs(flat: readonly string[]): Generator<[string, string]> {
  for (let index = 0; index + 1 < flat.length; index += 2) yield [flat[index] ?? '', flat[index + 1] ?? ''];
}
