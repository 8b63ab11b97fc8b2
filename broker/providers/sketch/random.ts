import { createHash } from 'node:crypto';

/** A stream of numbers that depends on its seed alone. */
export interface Random {
  /** At least `from`, below `to`. */
  between(from: number, to: number): number;
  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
}

/** sfc32 (Chris Doty-Humphrey's Small Fast Counter, from PractRand), seeded by the SHA-256 of `seed`. */
export function createRandom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest();
  let a = digest.readUInt32LE(0);
  let b = digest.readUInt32LE(4);
  let c = digest.readUInt32LE(8);
  let counter = digest.readUInt32LE(12);
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  const random: Random = {
    between: (from, to) => from + next() * (to - from),
    whole: (from, to) => Math.floor(random.between(from, to + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
  };
  return random;
}

/** Smooth noise in two dimensions, from −1 to 1: random values on a lattice, blended by a smoothstep. */
export function createNoise(random: Random): (x: number, y: number) => number {
  const SIZE = 64;
  const lattice = Array.from({ length: SIZE * SIZE }, () => random.between(-1, 1));
  const at = (x: number, y: number) => lattice[(y & (SIZE - 1)) * SIZE + (x & (SIZE - 1))] ?? 0;
  const smooth = (t: number) => t * t * (3 - 2 * t);
  const blend = (from: number, to: number, t: number) => from + (to - from) * t;
  return (x, y) => {
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [smooth(x - left), smooth(y - top)];
    return blend(blend(at(left, top), at(left + 1, top), u), blend(at(left, top + 1), at(left + 1, top + 1), u), v);
  };
}
