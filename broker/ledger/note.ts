import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { type RecordFields, toPairs } from './generation-record.ts';
import { type OnHoldAnswer, parseOnHold } from './hold-answer.ts';
import { poolKeys } from './keys.ts';
import noteScript from './note.lua';
import { defineScript, runScript } from './script.ts';
import standing from './standing.lua';

export interface Note {
  readonly poolId: string;
  readonly generationId: string;
  /** Written into the record, each where it has none of that name. */
  readonly fields: RecordFields;
}

const Code = z.enum(['OK', 'OPEN']);

/** `OPEN`: its hold has not ended, so {@link advance} is what writes to it. */
export type NoteAnswer = OnHoldAnswer<z.infer<typeof Code>>;

const script = defineScript(noteScript, standing);

/** Adds to the record of a generation that has ended what became known too late. Moves no money. */
export async function note(redis: RedisClient, { poolId, generationId, fields }: Note): Promise<NoteAnswer> {
  const keys = poolKeys(poolId);
  return parseOnHold(Code, await runScript(redis, script, [keys.pool, keys.hold(generationId)], toPairs(fields)));
}
