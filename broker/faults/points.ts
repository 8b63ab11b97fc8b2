import { hash } from 'node:crypto';
import claimScript from '../http/claim-key.lua';
import endScript from '../http/end-claim.lua';
import type { GenerationRecord } from '../ledger/index.ts';
import type { FakeSpot } from '../providers/fake-holds.ts';
import type { Person } from '../testing/person.ts';
import type { House } from './house.ts';
import type { Command, Stop } from './redis-proxy.ts';

/** How a generation stands when it has come to a point; `any` where its worker goes on meanwhile. */
type Standing = 'none' | 'any' | 'queued' | 'submitting' | 'submitted' | 'storing' | 'captured' | 'released';

/** A named moment in the life of a generation: just before or after one step that lasts. */
export interface Point {
  readonly name: string;
  readonly standing: Standing;
  /** Stops the next generation of this person's whose prompt has `word` in it when it comes here. */
  stop(house: House, person: Person, word: string): Stop;
  /** For the TCP faults: whether a command is the one that this point is about; absent for those at fal. */
  readonly is?: (command: Command) => boolean;
  /** What its prompt must say to come here. */
  readonly wish?: string;
}

type When = 'before' | 'after';

function atRedis(when: When, what: string, standing: Standing, is: (command: Command) => boolean, wish = ''): Point {
  return {
    name: `${when} ${what}`,
    standing,
    is,
    wish,
    stop: ({ proxy }, person, _word) => proxy.stop(when, (command) => is(command) && isAbout(command, person)),
  };
}

function atFal(what: string, standing: Standing, spot: FakeSpot): Point {
  return { name: what, standing, stop: ({ fal }, _person, word) => fal.hold(spot, word) };
}

/** A generation's id begins with its pool's, and an idempotency key with the account's. */
export function isAbout({ words }: Command, { poolId, accountId }: Person): boolean {
  return words.some((word) => word.includes(poolId) || word.includes(`:${accountId}:`));
}

/** A script goes by its digest, and by its text where a server has not seen it yet. */
function calls(text: string): (command: Command) => boolean {
  const digest = hash('sha1', text);
  return ({ words }) => words[1] === digest || words[1] === text;
}

const claim = calls(claimScript);
const remember = calls(endScript);
const runs = (script: string) => (command: Command) => command.script === script;
const advancesTo = (stage: string) => (command: Command) =>
  command.script === 'advance' && command.words.includes(stage);
/** The first of BullMQ's scripts that names a generation puts it into the queue. */
const enqueue = ({ words }: Command) => /^eval/i.test(words[0] ?? '') && (words[3] ?? '').startsWith('bull:');

/** Every moment at which a death could lose, double or strand something. */
export const POINTS: readonly Point[] = [
  atRedis('before', 'the key is claimed', 'none', claim),
  atRedis('after', 'the key is claimed', 'none', claim),
  atRedis('before', 'the hold', 'none', runs('hold')),
  atRedis('after', 'the hold', 'queued', runs('hold')),
  atRedis('before', 'it is queued', 'queued', enqueue),
  atRedis('before', 'the answer is remembered', 'any', remember),
  atRedis('after', 'the answer is remembered', 'any', remember),
  atRedis('before', 'the intent to submit', 'queued', advancesTo('submitting')),
  atRedis('after', 'the intent to submit', 'submitting', advancesTo('submitting')),
  atFal('while it is submitted', 'submitting', 'submit'),
  atFal('after fal has taken it', 'submitting', 'accept'),
  atRedis('before', 'the job is kept', 'submitting', advancesTo('submitted')),
  atRedis('after', 'the job is kept', 'submitted', advancesTo('submitted')),
  atFal('while fal is asked', 'submitted', 'poll'),
  atFal('while the result is asked for', 'submitted', 'result'),
  atRedis('before', 'it is storing', 'submitted', advancesTo('storing')),
  atRedis('after', 'it is storing', 'storing', advancesTo('storing')),
  atFal('while the picture is fetched', 'storing', 'file'),
  atRedis('before', 'the capture', 'storing', runs('capture')),
  atRedis('after', 'the capture', 'captured', runs('capture')),
  atRedis('before', 'the release', 'submitted', runs('release'), '__fail__'),
  atRedis('after', 'the release', 'released', runs('release'), '__fail__'),
];

/** How a record stands, in the words of the points. */
export function standingOf(record: GenerationRecord | undefined): string {
  if (!record) return 'none';
  return record.hold === 'held' ? record.stage : record.hold;
}
