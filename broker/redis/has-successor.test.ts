import { expect, test } from 'vitest';
import { hasSuccessor } from './has-successor.ts';

/** As Redis 7 answers, its ids cut short. */
const OTHER = 'b7c2 127.0.0.1:7001@17001 master - 0 1732622400000 2 connected 5461-10922';
const REPLICA_OF_OTHER = 'd1e9 127.0.0.1:7004@17004 slave b7c2 0 1732622400000 2 connected';
const nodes = (...lines: string[]) => [OTHER, REPLICA_OF_OTHER, ...lines, ''].join('\n');

test('a master with a replica has somebody who could take its place, also while that one is not heard', () => {
  const master = 'a4f0 127.0.0.1:7000@17000 myself,master - 0 0 1 connected 0-5460';
  expect(hasSuccessor(nodes(master, 'c3d8 127.0.0.1:7003@17003 slave a4f0 0 0 1 connected'))).toBe(true);
  expect(hasSuccessor(nodes(master, 'c3d8 127.0.0.1:7003@17003 slave,fail a4f0 0 0 1 disconnected'))).toBe(true);
});

test('a master without a replica has nobody', () => {
  expect(hasSuccessor(nodes('a4f0 127.0.0.1:7000@17000 myself,master - 0 0 1 connected 0-5460'))).toBe(false);
});

test('a server whose place was taken has a successor, whose replica it is', () => {
  const successor = 'c3d8 127.0.0.1:7003@17003 master - 0 0 3 connected 0-5460';
  expect(hasSuccessor(nodes(successor, 'a4f0 127.0.0.1:7000@17000 myself,slave c3d8 0 0 1 connected'))).toBe(true);
});
