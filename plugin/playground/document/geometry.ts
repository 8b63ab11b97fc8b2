import type { NodeRecord } from './record.ts';
import type { DocumentStore } from './store.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rect extends Point {
  readonly width: number;
  readonly height: number;
}

/** Row-major 2 × 3, as Figma's `Transform`. */
export type Transform = readonly [readonly [number, number, number], readonly [number, number, number]];

const IDENTITY: Transform = [
  [1, 0, 0],
  [0, 1, 0],
];

function multiply(a: Transform, b: Transform): Transform {
  const cell = (row: 0 | 1, column: 0 | 1 | 2): number =>
    a[row][0] * b[0][column] + a[row][1] * b[1][column] + (column === 2 ? a[row][2] : 0);
  return [
    [cell(0, 0), cell(0, 1), cell(0, 2)],
    [cell(1, 0), cell(1, 1), cell(1, 2)],
  ];
}

export function apply(transform: Transform, point: Point): Point {
  const [[a, b, c], [d, e, f]] = transform;
  return { x: a * point.x + b * point.y + c, y: d * point.x + e * point.y + f };
}

export function invert(transform: Transform): Transform {
  const [[a, b, c], [d, e, f]] = transform;
  const determinant = a * e - b * d;
  return [
    [e / determinant, -b / determinant, (b * f - c * e) / determinant],
    [-d / determinant, a / determinant, (c * d - a * f) / determinant],
  ];
}

export function relativeTransform(record: NodeRecord): Transform {
  const radians = (record.rotation * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  return [
    [cos, sin, record.x],
    [-sin, cos, record.y],
  ];
}

/** The nearest ancestor whose corner is the origin of a node's `x` and `y`: groups have none of their own. */
export function coordinateParent(store: DocumentStore, record: NodeRecord): NodeRecord | undefined {
  let parent = record.parentId === null ? undefined : store.get(record.parentId);
  while (parent?.type === 'GROUP') parent = parent.parentId === null ? undefined : store.get(parent.parentId);
  return parent;
}

/** From a node's own space to the page's. */
export function absoluteTransform(store: DocumentStore, record: NodeRecord): Transform {
  if (record.type === 'PAGE' || record.type === 'DOCUMENT') return IDENTITY;
  const parent = coordinateParent(store, record);
  const own = relativeTransform(record);
  return parent === undefined ? own : multiply(absoluteTransform(store, parent), own);
}

/** The upright box that holds a rectangle after a transform. */
export function boundsOf(transform: Transform, size: { readonly width: number; readonly height: number }): Rect {
  const corners = [
    { x: 0, y: 0 },
    { x: size.width, y: 0 },
    { x: 0, y: size.height },
    { x: size.width, y: size.height },
  ].map((corner) => apply(transform, corner));
  const [xs, ys] = [corners.map((corner) => corner.x), corners.map((corner) => corner.y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

export function absoluteBounds(store: DocumentStore, record: NodeRecord): Rect {
  return boundsOf(absoluteTransform(store, record), record);
}

/** The smallest box around all of `rects`; null when there is none. */
export function union(rects: readonly Rect[]): Rect | null {
  if (rects.length === 0) return null;
  const x = Math.min(...rects.map((rect) => rect.x));
  const y = Math.min(...rects.map((rect) => rect.y));
  return {
    x,
    y,
    width: Math.max(...rects.map((rect) => rect.x + rect.width)) - x,
    height: Math.max(...rects.map((rect) => rect.y + rect.height)) - y,
  };
}
