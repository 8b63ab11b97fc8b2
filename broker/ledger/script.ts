import { z } from 'zod';
import { InkpotError } from '../../shared/errors.ts';
import type { RedisClient } from '../redis/connect.ts';
import { evaluate, type Script, toScript } from '../redis/evaluate.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import { durably, isCluster } from '../redis/topology.ts';
import prelude from './prelude.lua';

const Reply = z.array(z.string()).min(1);

/** Puts the shared prelude, and `parts` that not all scripts need, after the first line, which must stay the flags line. */
export function defineScript(source: string, ...parts: readonly string[]): Script {
  const end = source.indexOf('\n') + 1;
  const text = `${source.slice(0, end)}${[prelude, ...parts].join('')}${source.slice(end)}`;
  return toScript(text);
}

/**
 * Runs a script until its outcome is known.
 *
 * @param prepare is awaited with every attempt, and carried out before the script: it is sent before it on the same
 *   connection, and in a cluster, where it may go to another server, answered before it.
 * @returns the reply: its code, then strings.
 * @throws InkpotError `not_found` when there is no such pool; see {@link repeatUntilKnown} for the rest.
 */
export async function runScript(
  redis: RedisClient,
  script: Script,
  keys: string[],
  args: string[],
  prepare?: () => Promise<unknown>,
): Promise<string[]> {
  const call = { keys, arguments: args };
  const run = (server: RedisClient) => evaluate(server, script, call);
  const reply = await repeatUntilKnown(async () => {
    const prepared = prepare?.();
    if (isCluster(redis)) await prepared;
    const [, answer] = await Promise.all([prepared, durably(redis, keys[0] ?? '', run)]);
    return answer;
  });
  const strings = Reply.parse(reply);
  if (strings[0] === 'NO_POOL') throw new InkpotError('not_found', { detail: 'There is no such pool' });
  return strings;
}
