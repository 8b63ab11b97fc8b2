import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ASSUMPTIONS } from './assumptions.ts';

const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.') && path !== 'assumptions.ts')
  .map((path) => readFileSync(`${import.meta.dirname}/${path}`, 'utf8'));

const named = new Set(
  sources
    .flatMap((source) => [...source.matchAll(/[Aa]ssumptions? ((?:`[a-z-]+`(?:, )?)+)/g)])
    .flatMap(([, list = '']) => [...list.matchAll(/`([a-z-]+)`/g)].map(([, id]) => id)),
);

test('every assumption that code rests on is listed, and every listed one is rested on', () => {
  expect([...named].sort()).toEqual(ASSUMPTIONS.map(({ id }) => id).sort());
});

test('no two assumptions share an id', () => {
  expect(new Set(ASSUMPTIONS.map(({ id }) => id)).size).toBe(ASSUMPTIONS.length);
});
