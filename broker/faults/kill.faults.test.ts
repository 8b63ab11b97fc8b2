import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFinal } from '../../shared/api/generations.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import type { GenerationRecord } from '../ledger/index.ts';
import { withDeadline } from '../redis/deadline.ts';
import type { Person } from '../testing/person.ts';
import { click, type House, openHouse } from './house.ts';
import { planRounds, type Round, WHOLE } from './plan.ts';
import { isAbout, POINTS, type Point, standingOf } from './points.ts';
import { ROUNDS, SEED } from './rounds.ts';

/** What each person has, in credits. */
const FUNDS = 100 + 10 * ROUNDS;

/** More of one person's are not begun, so that none is refused: a broker allows 50, and some clicks have no answer yet. */
const MOST_UNDER_WAY = 35;

/** A click that is still under way when the next round begins. */
interface Answer {
  readonly id: Promise<string>;
}

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.stop());

const plan = planRounds(ROUNDS, SEED);
const kills = plan.filter(({ fault }) => 'kill' in fault).length;

test(
  `after ${kills} kills at named points and ${plan.length - kills} broken connections, money and jobs agree (FAULT_SEED=${SEED})`,
  async () => {
    const answers: Answer[] = [];
    const crowd = await house.newPerson(FUNDS);
    const people = [crowd];
    const died: string[] = [];
    for (const [index, round] of plan.entries()) {
      await untilRoomFor(crowd);
      const person = await house.newPerson(FUNDS);
      people.push(person);
      const { model, prompt, side, count } = round.companion;
      answers.push(begin(crowd, model, settings(`${prompt} ${index}`, side, count)), await play(round, person, index));
      if ('kill' in round.fault && round.fault.kill !== 'redis') died.push(round.point.name);
    }
    const missed = POINTS.filter(({ name }) => !died.includes(name));
    expect(ROUNDS < WHOLE ? [] : missed, 'the broker died at every point').toEqual([]);
    const acknowledged = await Promise.all(answers.map(({ id }) => id));
    await expect.poll(() => unfinishedJobs(), { timeout: 60_000, interval: 250 }).toEqual([]);

    const records: GenerationRecord[] = [];
    for (const person of people) {
      expect(await auditPool(house.redis, person.poolId)).toEqual([]);
      const own = await house.ledger.listGenerations(person.poolId, { limit: 10_000 });
      const spent = own.reduce((total, { captured }) => total + captured, 0);
      expect(await person.available(), 'topped up = left + charged').toBe(FUNDS * 1_000 - spent);
      records.push(...own);
    }
    const ids = new Set(records.map(({ generationId }) => generationId));
    expect(
      acknowledged.filter((id) => !ids.has(id)),
      'every acknowledged generation is there',
    ).toEqual([]);
    expect(records, 'one for each click').toHaveLength(2 * plan.length);
    for (const record of records) expectConsistent(record);
    await expectEveryProviderJobAccountedFor(records);
  },
  60_000 + ROUNDS * 20_000,
);

/**
 * Each kill keeps what was under way from its end for some seconds, and the next one comes sooner: where too much has
 * piled up, people are told to wait for some of it, and so they do.
 */
async function untilRoomFor({ poolId }: Person): Promise<void> {
  const open = async () => (await house.ledger.listOpenHolds(poolId)).holds.length;
  await expect.poll(open, { timeout: 60_000, interval: 100 }).toBeLessThan(MOST_UNDER_WAY);
}

/** @returns the click, which goes on until it has an answer: the generation that was acknowledged. */
async function play({ point, fault }: Round, person: Person, index: number): Promise<Answer> {
  const word = `round-${index};`;
  const clickNow = () => begin(person, 'z-image-turbo', settings(`${point.wish ?? ''} __quick__ ${word}`, 512));
  if ('harm' in fault) {
    const done = house.proxy.harm(fault.harm, (command) => Boolean(point.is?.(command)) && isAbout(command, person));
    const answer = clickNow();
    await untilThere(done, point, index);
    return answer;
  }
  const stop = point.stop(house, person, word);
  const answer = clickNow();
  await untilThere(stop.reached, point, index);
  await expectStanding(point, person, word);
  await house.kill(fault.kill);
  stop.release();
  return answer;
}

function begin(person: Person, model: string, wanted: Settings): Answer {
  const id = click(person, model, wanted);
  // Whoever gives up is told at the end.
  id.catch(() => undefined);
  return { id };
}

async function untilThere(reached: Promise<void>, { name }: Point, index: number): Promise<void> {
  await withDeadline(PATIENCE, () => reached).catch((cause: unknown) => {
    throw new Error(`no generation came to "${name}" in round ${index}`, { cause });
  });
}

/** The generation stands where the point says, so it is this moment that was hit and no other. */
async function expectStanding({ name, standing }: Point, { poolId }: Person, word: string): Promise<void> {
  const records = await house.ledger.listGenerations(poolId, { limit: 10 });
  const stopped = records.find(({ fields }) => fields.settings?.includes(word));
  if (standing !== 'any') expect(standingOf(stopped), name).toBe(standing);
}

/** How long a generation may take to come to a point, in ms. */
const PATIENCE = 20_000;

function settings(prompt: string, side: number, count = 1): Settings {
  return { prompt, size: { kind: 'pixels', width: side, height: side }, count };
}

const ULID = '?'.repeat(26);

/** What waits or runs in BullMQ's queues, and what is held. */
async function unfinishedJobs(): Promise<string[]> {
  const open = (await house.ledger.listOpenPools().catch(() => ['?'])).map((pool) => `holds of ${pool}`);
  const keys = await house.redis.keys(`bull:*:${ULID}-${ULID}*`).catch(() => ['?']);
  return [...open, ...keys];
}

function expectConsistent({ state, hold, captured, ceiling, fields }: GenerationRecord): void {
  expect(isFinal(state)).toBe(true);
  expect(hold).toBe(state === 'succeeded' ? 'captured' : 'released');
  expect(captured).toBeLessThanOrEqual(ceiling);
  expect(captured > 0).toBe(state === 'succeeded');
  expect(fields.outputs !== undefined).toBe(state === 'succeeded');
}

/** Each has its capture, or failed by its own word, or is listed as orphaned; and no paid call was made twice. */
async function expectEveryProviderJobAccountedFor(records: readonly GenerationRecord[]): Promise<void> {
  const orphans = new Set(await house.redis.zRange('orphans', 0, -1));
  const byPrompt = new Map(records.map((record) => [JSON.parse(record.fields.settings ?? '').prompt, record]));
  const prompts = house.fal.jobs.all.map(({ prompt }) => prompt);
  expect(
    prompts.filter((prompt, index) => prompts.indexOf(prompt) !== index),
    'no paid call is made twice',
  ).toEqual([]);
  const lost = house.fal.jobs.all.filter(({ id, prompt }) => {
    const record = byPrompt.get(prompt);
    const isKept = record?.fields.job !== undefined && JSON.parse(record.fields.job).requestId === id;
    const isSettled = record?.hold === 'captured' || prompt.includes('__fail__');
    return !(record && ((isKept && isSettled) || orphans.has(record.generationId)));
  });
  expect(lost, 'every provider job has its capture or is listed as orphaned').toEqual([]);
}
