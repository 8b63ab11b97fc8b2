import { setImmediate as nextTurn } from 'node:timers/promises';
import fc, { type Scheduler, type SchedulerAct } from 'fast-check';

/** What several actors ask of the world outside, one question at a time, in the order that fast-check chooses. */
export interface Turns {
  /** The same functions, each call of which waits for its turn. What is no function of it, or no promise, does not. */
  of<T extends object>(who: string, outside: T): T;
  /** Runs the actors beside each other until all have ended. @throws what the first that fails throws. */
  run(actors: readonly (() => Promise<unknown>)[]): Promise<void>;
}

/** Questions that wait longer than chance would have it: so long that others come to their end meanwhile. */
export const Stalls = fc.array(fc.record({ question: fc.nat(100), turns: fc.integer({ min: 5, max: 40 }) }), {
  maxLength: 4,
});
type Stalls = typeof Stalls extends fc.Arbitrary<infer T> ? T : never;

/** The real thing is asked, and the next turn begins when it has answered: a seed alone decides who is before whom. */
export function createTurns(scheduler: Scheduler, stalls: Stalls): Turns {
  let underWay = 0;
  let questions = 0;

  async function take<T>(label: string, ask: () => Promise<T>): Promise<T> {
    const own = questions++;
    const stall = stalls.find(({ question }) => question === own)?.turns ?? 0;
    for (let turn = 0; turn < stall; turn++) await scheduler.schedule(Promise.resolve(), `${label} waits`);
    await scheduler.schedule(Promise.resolve(), label);
    underWay += 1;
    try {
      return await ask();
    } finally {
      underWay -= 1;
    }
  }

  const wholeTurn: SchedulerAct = async (begin) => {
    await begin();
    // Whoever has been answered goes on to the next question first, so that it is among those to choose from.
    do await nextTurn();
    while (underWay > 0);
  };

  return {
    of: (who, outside) =>
      new Proxy(outside, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== 'function' || SYNCHRONOUS.has(name)) return value;
          return (...args: unknown[]) => take(`${who}: ${String(name)}`, () => Reflect.apply(value, target, args));
        },
      }),
    run: async (actors) => {
      await scheduler.waitFor(Promise.all(actors.map((actor) => actor())), wholeTurn);
    },
  };
}

/** Of node-redis and of a provider: what answers at once. */
const SYNCHRONOUS: ReadonlySet<string | symbol> = new Set([
  'multi',
  'on',
  'once',
  'off',
  'pollDelay',
  'serves',
  'allowsHost',
]);
