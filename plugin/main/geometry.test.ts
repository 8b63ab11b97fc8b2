import fc from 'fast-check';
import { expect, test } from 'vitest';
import { centreOn, findFreeSpot, GAP, layOutGrid, overlaps } from './geometry.ts';

test('a batch is laid out about as wide as high, row by row', () => {
  const { cells, bounds } = layOutGrid(4, 100, 50);
  expect(cells.map(({ x, y }) => [x, y])).toEqual([
    [0, 0],
    [140, 0],
    [0, 90],
    [140, 90],
  ]);
  expect(bounds).toEqual({ x: 0, y: 0, width: 240, height: 140 });
});

test('one picture is its own grid', () => {
  expect(layOutGrid(1, 100, 50)).toEqual({
    cells: [{ x: 0, y: 0, width: 100, height: 50 }],
    bounds: { x: 0, y: 0, width: 100, height: 50 },
  });
});

test('an area is centred on whole pixels', () => {
  expect(centreOn({ x: 10.3, y: 20 }, { width: 5, height: 8 })).toEqual({ x: 8, y: 16 });
});

test('a free place is kept, and a taken one is left to the right', () => {
  const wanted = { x: 0, y: 0, width: 10, height: 10 };
  expect(findFreeSpot(wanted, [{ x: 10, y: 0, width: 5, height: 5 }])).toEqual({ x: 0, y: 0 });
  expect(findFreeSpot(wanted, [{ x: 5, y: 5, width: 20, height: 20 }])).toEqual({ x: 25 + GAP, y: 0 });
});

const area = fc.record({
  x: fc.integer({ min: -2000, max: 2000 }),
  y: fc.integer({ min: -2000, max: 2000 }),
  width: fc.integer({ min: 1, max: 1500 }),
  height: fc.integer({ min: 1, max: 1500 }),
});

test('whatever stands on the canvas, a picture covers none of it', () => {
  fc.assert(
    fc.property(area, fc.array(area, { maxLength: 20 }), (wanted, taken) => {
      const spot = { ...wanted, ...findFreeSpot(wanted, taken) };
      expect(taken.filter((rect) => overlaps(spot, rect))).toEqual([]);
      expect(spot.y).toBe(wanted.y);
    }),
  );
});

test('the pictures of a batch never overlap', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 4096 }), (count, side) => {
      const { cells } = layOutGrid(count, side, side);
      expect(cells).toHaveLength(count);
      for (const [index, cell] of cells.entries()) {
        expect(cells.slice(index + 1).some((other) => overlaps(cell, other))).toBe(false);
      }
    }),
  );
});
