import type { RedisClient } from '../redis/connect.ts';
import type { Fault } from './fake-stripe/api.ts';

/** Whole numbers below 1,000,000, as only a seed decides. */
export type Roll = () => number;

/** Whether something happens that happens so many times in a million. */
export function chance(roll: Roll, inAMillion: number): boolean {
  return roll() < inAMillion;
}

export function pick<T>(roll: Roll, choices: readonly [T, ...T[]]): T {
  return choices[roll() % choices.length] ?? choices[0];
}

/** How often an edge of the broker fails, in a million: one time in two hundred. */
const FAULTS = 5_000;

/** Lets faults happen, and ends them all at once. */
export interface Weather {
  readonly roll: Roll;
  isFair: boolean;
}

function isHit({ roll, isFair }: Weather): boolean {
  return !isFair && chance(roll, FAULTS);
}

/** A connection on which a command fails now and then: before it is carried out, or after it. */
export function faultyRedis(redis: RedisClient, weather: Weather): RedisClient {
  return new Proxy(redis, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (!isHit(weather)) return Reflect.apply(value, target, args);
        const lost = async () => {
          if (weather.roll() % 2 === 0) await Reflect.apply(value, target, args);
          throw new Error('the connection broke');
        };
        return name === 'multi' ? Reflect.apply(value, target, args) : lost();
      };
    },
  });
}

/** What a request to Stripe meets now and then. */
export function faultyStripe(weather: Weather): () => Fault | undefined {
  return () => (isHit(weather) ? pick(weather.roll, [500, 429, { after: 500 }, 'hang-up', 'stall']) : undefined);
}

/** Does it, or fails now and then. */
export async function orFail<T>(weather: Weather, work: () => Promise<T>): Promise<T> {
  if (isHit(weather)) throw new Error('there was no way through');
  return work();
}
