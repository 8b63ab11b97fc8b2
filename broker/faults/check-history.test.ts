import { describe, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { checkHistory } from './check-history.ts';
import type { Call, LoggedEntry, Operation } from './history.ts';

type Kind = LoggedEntry['kind'];
/** What a pool has: paid and held; what came in and was spent. */
type Has = readonly [paid: number, held: number, came: number, spent: number];

function entry(seq: number, kind: Kind, operationId: string, amount: number, [paid, held]: Has): LoggedEntry {
  const after = { paid: millicredits(paid), gift: millicredits(0), held: millicredits(held) };
  return { seq, kind, operationId, amount: millicredits(amount), after };
}

function call(
  operation: Operation,
  [invoked, ended]: readonly [number, number],
  code: string,
  seq: number,
  has: Has,
): Call {
  const [paid, held, came, spent] = has.map((amount) => millicredits(amount)) as [never, never, never, never];
  const funds = { paid, held, gift: millicredits(0), in: came, spent, out: millicredits(0) };
  return { operation, invoked, ended, answer: { code, seq, funds } };
}

const [EMPTY, FUNDED, HOLDING, SPENT] = [
  [0, 0, 0, 0],
  [10, 0, 10, 0],
  [4, 6, 10, 0],
  [5, 0, 10, 5],
] as const;

const topup = { kind: 'topup', id: 'pi_1', amount: 10 } as const;
const hold = { kind: 'hold', id: 'g1', amount: 6 } as const;
const second = { kind: 'hold', id: 'g2', amount: 6 } as const;
const capture = { kind: 'capture', id: 'g1', amount: 5 } as const;
const read = { kind: 'read' } as const;

const LOG: readonly LoggedEntry[] = [
  entry(1, 'open', 'pool', 0, EMPTY),
  entry(2, 'topup', 'pi_1', 10, FUNDED),
  entry(3, 'hold', 'g1', 6, HOLDING),
  entry(4, 'capture', 'g1', 5, SPENT),
];

/** One after the other, with a hold that was carried out although nobody was told. */
const CALLS: readonly Call[] = [
  call(topup, [0, 1], 'OK', 2, FUNDED),
  { operation: hold, invoked: 2, ended: 3, answer: null },
  call(hold, [4, 5], 'REPLAY', 3, HOLDING),
  call(second, [6, 7], 'INSUFFICIENT', 3, HOLDING),
  call(read, [8, 9], 'OK', 3, HOLDING),
  call(capture, [10, 11], 'OK', 4, SPENT),
  call(second, [12, 13], 'INSUFFICIENT', 4, SPENT),
];

describe('a history that is right', () => {
  test('is accepted, with an unknown outcome that the log resolves', () => {
    expect(checkHistory(CALLS, LOG)).toEqual([]);
  });

  test('is accepted when an unknown call was never carried out', () => {
    const lost: Call = { operation: { ...topup, id: 'pi_2' }, invoked: 14, ended: 15, answer: null };
    expect(checkHistory([...CALLS, lost], LOG)).toEqual([]);
  });

  test('is accepted when calls overlap, in either order', () => {
    const late = call(read, [3, 20], 'OK', 2, FUNDED);
    expect(checkHistory([...CALLS, late], LOG)).toEqual([]);
  });
});

/** The right history with one call put in another's place. */
const instead = (place: number, changed: Call) => CALLS.with(place, changed);

describe('a history that cannot be', () => {
  test.each<[what: string, calls: readonly Call[], log: readonly LoggedEntry[], said: RegExp]>([
    ['a write that was acknowledged and is lost', CALLS, LOG.slice(0, 3), /not in the log/],
    [
      'a write that was acknowledged and gave its place to another',
      [...CALLS, call({ ...topup, id: 'pi_2' }, [14, 15], 'OK', 4, SPENT)],
      LOG,
      /does not bear out/,
    ],
    ['a write that is there twice', CALLS, [...LOG, entry(5, 'capture', 'g1', 5, SPENT)], /is REPLAY to the model/],
    [
      'a write that two calls were told to have made',
      [...CALLS, call(topup, [0, 1], 'OK', 2, FUNDED)],
      LOG,
      /done twice/,
    ],
    ['a write that nobody asked for', CALLS, [...LOG, entry(5, 'topup', 'pi_9', 1, [6, 0, 11, 5])], /nobody asked/],
    ['a read that is stale', instead(4, call(read, [8, 9], 'OK', 2, FUNDED)), LOG, /began after entry 3 was seen/],
    ['a read of what never was', instead(4, call(read, [8, 9], 'OK', 3, FUNDED)), LOG, /balances that the model/],
    [
      'two writes in the wrong order',
      [call(topup, [4, 5], 'OK', 2, FUNDED), ...CALLS.slice(1).with(1, call(hold, [0, 1], 'OK', 3, HOLDING))],
      LOG,
      /began after entry 3 was seen/,
    ],
    [
      'an effect before its call',
      [
        ...CALLS.filter((_call, index) => index !== 1 && index !== 2),
        { operation: hold, invoked: 30, ended: 31, answer: null },
      ],
      LOG,
      /entry 3 began after entry 4 was seen/,
    ],
    [
      'a refusal although there was cover',
      instead(3, call(second, [6, 7], 'INSUFFICIENT', 2, FUNDED)),
      LOG,
      /does not bear out/,
    ],
    [
      'a refusal that was forgotten',
      instead(3, call(hold, [6, 7], 'INSUFFICIENT', 3, HOLDING)),
      LOG,
      /does not bear out/,
    ],
    ['a gap in the log', CALLS, LOG.filter(({ seq }) => seq !== 3), /at place 3/],
    ['an entry with other balances', CALLS, LOG.with(2, entry(3, 'hold', 'g1', 6, FUNDED)), /not the model's/],
    [
      'an end of a hold that never was',
      [...CALLS, call({ ...capture, id: 'g7' }, [14, 15], 'TERMINAL', 4, SPENT)],
      LOG,
      /bear out/,
    ],
  ])('is refused: %s', (_what, calls, log, said) => {
    expect(checkHistory(calls, log)).toContainEqual(expect.stringMatching(said));
  });
});
