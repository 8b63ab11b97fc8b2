/** A place on the canvas, in px. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An area of the canvas, in px. */
export interface Rect extends Point {
  readonly width: number;
  readonly height: number;
}

/** The space between pictures that are placed side by side, in px. */
export const GAP = 40;

/** Lays `count` pictures of one size out in a grid that is about as wide as high, from its top left corner at 0, 0. */
export function layOutGrid(count: number, width: number, height: number): { cells: Rect[]; bounds: Rect } {
  const columns = Math.max(1, Math.ceil(Math.sqrt(count)));
  const rows = Math.max(1, Math.ceil(count / columns));
  const cells = Array.from({ length: count }, (_, index) => ({
    x: (index % columns) * (width + GAP),
    y: Math.floor(index / columns) * (height + GAP),
    width,
    height,
  }));
  const extent = (lanes: number, length: number) => lanes * length + (lanes - 1) * GAP;
  return { cells, bounds: { x: 0, y: 0, width: extent(columns, width), height: extent(rows, height) } };
}

/** The top left corner at which an area of this size has `centre` in its middle, on whole px. */
export function centreOn(centre: Point, { width, height }: Pick<Rect, 'width' | 'height'>): Point {
  return { x: Math.round(centre.x - width / 2), y: Math.round(centre.y - height / 2) };
}

/** Where an area of this size can stand without covering anything: at `wanted`, or as little as needed to its right. */
export function findFreeSpot(wanted: Rect, taken: readonly Rect[]): Point {
  let { x } = wanted;
  // Each step passes at least one obstacle for good, because x only grows.
  for (let steps = 0; steps <= taken.length; steps++) {
    const blocker = taken.find((rect) => overlaps({ ...wanted, x }, rect));
    if (!blocker) break;
    x = Math.ceil(blocker.x + blocker.width + GAP);
  }
  return { x, y: wanted.y };
}

/** Whether two areas share any point inside them. */
export function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
