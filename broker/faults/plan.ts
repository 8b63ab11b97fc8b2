import fc from 'fast-check';
import { VICTIMS, type Victim } from './house.ts';
import { POINTS, type Point } from './points.ts';
import { TCP_FAULTS, type TcpFault } from './redis-proxy.ts';

type Fault = { readonly kill: Victim } | { readonly harm: TcpFault };

/** A generation comes to a point, and there somebody is killed or the reply from Redis is harmed. */
interface Blow {
  readonly point: Point;
  readonly fault: Fault;
}

/** What else is clicked beside the generation that is stopped. */
const COMPANIONS = [
  { model: 'sketch', prompt: 'waves', side: 256, count: 2 },
  { model: 'z-image-turbo', prompt: 'a fox __partial__', side: 512, count: 3 },
  { model: 'z-image-turbo', prompt: 'a fox __fail__', side: 512, count: 1 },
  { model: 'z-image-turbo', prompt: 'a fox __500_after_accept__', side: 512, count: 1 },
  { model: 'z-image-turbo', prompt: 'a fox __quick__', side: 512, count: 1 },
] as const;

export interface Round extends Blow {
  readonly companion: (typeof COMPANIONS)[number];
}

const point = fc.constantFrom(...POINTS);
/** Points of which there is a reply to harm. */
const answered = fc.constantFrom(...POINTS.filter(({ is, name }) => is && name.startsWith('after')));
const strike = (at: fc.Arbitrary<Point>, fault: fc.Arbitrary<Fault>): fc.Arbitrary<Blow> =>
  fc.record({ point: at, fault });

/** What no run may lack: the broker killed at every point, Redis and both at random, every TCP fault. */
const MUSTS: readonly fc.Arbitrary<Blow>[] = [
  ...POINTS.map((at) => strike(fc.constant(at), fc.constant({ kill: 'broker' }))),
  ...Array.from({ length: 10 }, (_, index) => strike(point, fc.constant({ kill: index % 2 ? 'redis' : 'both' }))),
  ...TCP_FAULTS.map((harm) => strike(answered, fc.constant({ harm }))),
];

/** The shortest run that lacks nothing. */
export const WHOLE = MUSTS.length;

const whatever = fc.oneof(
  { weight: 4, arbitrary: strike(point, fc.record({ kill: fc.constantFrom(...VICTIMS) })) },
  { weight: 1, arbitrary: strike(answered, fc.record({ harm: fc.constantFrom(...TCP_FAULTS) })) },
);

/** So many rounds, as only the seed decides: first what must be there, then whatever chance brings. */
export function planRounds(count: number, seed: number): Round[] {
  const musts = fc.tuple(...MUSTS).chain((blows) => fc.shuffledSubarray(blows, { minLength: blows.length }));
  const blows = [
    ...fc.sample(musts, { seed, numRuns: 1 }).flat(),
    ...fc.sample(whatever, { seed, numRuns: Math.max(1, count - WHOLE) }),
  ].slice(0, count);
  const companions = fc.sample(fc.constantFrom(...COMPANIONS), { seed, numRuns: count });
  return blows.map((blow, index) => ({ ...blow, companion: companions[index] ?? COMPANIONS[0] }));
}
