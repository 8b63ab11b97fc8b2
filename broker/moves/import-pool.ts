import { InkpotError } from '../../shared/errors.ts';
import type { Seal } from '../archive/seal.ts';
import { createArrangements } from '../checkout/auto-topup/arrangements.ts';
import type { Ledger } from '../ledger/index.ts';
import { type MoveInAnswer, moveIn, STAGED, stageEntries, unstageEntries } from '../ledger/move-in.ts';
import type { LogEntry } from '../ledger/read-log.ts';
import { readPool } from '../ledger/read-pool.ts';
import { listPoolFor } from '../pools/pools.ts';
import type { RedisClient } from '../redis/connect.ts';
import { withLease } from '../redis/lease.ts';
import type { ExportFacts } from './export-file.ts';
import { adoptPerson } from './people.ts';
import { writeState } from './pool-state.ts';
import { type ReadExport, readExport } from './read-export.ts';

export interface ImportOptions {
  readonly redis: RedisClient;
  readonly ledger: Pick<Ledger, 'setMember'>;
  readonly seal: Pick<Seal, 'signers'>;
}

export interface ImportPool {
  /** Opens the file, from its first line. */
  readonly lines: () => AsyncIterable<string>;
  /** The keys (RFC 7638 thumbprints) of the broker that it must come from. */
  readonly from: ReadonlySet<string>;
  readonly why: string;
  readonly actor: string;
}

/** An export that this broker may take in. */
export interface Arrival extends ReadExport {
  readonly facts: ExportFacts;
}

/**
 * Checks a file, and that it is for this broker and from the one that is trusted.
 * @throws InkpotError `conflict` that says what is wrong.
 */
export async function checkArrival({ seal }: ImportOptions, { lines, from }: ImportPool): Promise<Arrival> {
  const read = await readExport(lines());
  const { faults, facts, signer } = read;
  const [fault] = faults;
  if (!facts || signer === null || fault) throw refused(`The file is broken: ${fault}`);
  if (!from.has(signer)) throw refused(`It was signed with key ${signer}, which is none of those that you trust`);
  if (!facts.to.some((key) => seal.signers.has(key))) {
    throw refused('It was exported for another broker, and only that one may take it in');
  }
  return { ...read, facts };
}

/**
 * Takes a pool in. All of it is put there first, and then the pool is made in one step; whoever dies before has left no
 * pool, and the next import puts everything there anew.
 *
 * @returns `REPLAY` when it arrived before: then nothing is added.
 * @throws InkpotError `conflict` when the file may not be taken in, or this broker has a pool of this id.
 */
export async function importPool(options: ImportOptions, command: ImportPool): Promise<MoveInAnswer> {
  const arrival = await checkArrival(options, command);
  const done = await withLease(options.redis, `import:${arrival.pool}`, () => arrive(options, command, arrival));
  if (!done) throw new InkpotError('broker_busy', { detail: 'This pool is being imported at this moment' });
  return done;
}

async function arrive(
  options: ImportOptions,
  { lines, why, actor }: ImportPool,
  arrival: Arrival,
): Promise<MoveInAnswer> {
  const { redis } = options;
  const { pool: poolId, facts, state } = arrival;
  const isThere = (await readPool(redis, poolId)) !== null;
  if (!isThere) {
    await unstageEntries(redis, poolId);
    for (const key of state) await writeState(redis, key);
    await stage(redis, poolId, lines());
  }

  const { move: moveId, entries: seq, head, totals, gift, paid, owner, opened, wasActive } = facts;
  const status = wasActive ? 'active' : 'frozen';
  const what = { poolId, moveId, seq, head, ...totals, gift, paid, owner, opened, status, why, actor } as const;
  const answer = await moveIn(redis, what);
  if (answer.code === 'CONFLICT') throw refused('This broker has a pool of this id already');
  if (answer.code === 'INCOMPLETE')
    throw new InkpotError('broker_busy', { detail: 'Not all entries arrived: try again' });

  await welcome(options, arrival, actor);
  return answer;
}

/**
 * Shows the pool to its people. Only once it is there: signing in opens the pools that a person should have, and would
 * open this one empty. A card was saved for the other broker, so its owner agrees to auto top-up anew.
 */
async function welcome({ redis, ledger }: ImportOptions, { pool: poolId, people, facts }: Arrival, actor: string) {
  await createArrangements(redis, Date.now).turnOff(poolId);
  for (const person of people) {
    const account = await adoptPerson(redis, poolId, person);
    await listPoolFor(redis, account, poolId);
    if (account === person.id) continue;
    // Whoever has another account here is a member under that one too.
    const operationId = `${facts.move}.${account}`;
    const terms = { role: person.role, cap: null };
    await ledger.setMember({ poolId, operationId, memberId: account, terms, actor });
  }
}

async function stage(redis: RedisClient, poolId: string, lines: AsyncIterable<string>): Promise<void> {
  let page: LogEntry[] = [];
  await readExport(lines, async (entry) => {
    page.push(entry);
    if (page.length < STAGED) return;
    await stageEntries(redis, poolId, page);
    page = [];
  });
  if (page.length > 0) await stageEntries(redis, poolId, page);
}

function refused(detail: string): InkpotError {
  return new InkpotError('conflict', { detail });
}
