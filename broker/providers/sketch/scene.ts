import type { Palette } from './palette.ts';
import type { Random } from './random.ts';

/**
 * What a style draws in: a sheet whose shorter side is 1000 units, whatever its size in px, so that the same seed gives
 * the same picture at every size of one shape.
 */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly random: Random;
  /** Smooth noise, from −1 to 1; one unit of its plane is one bump. */
  readonly noise: (x: number, y: number) => number;
  readonly palette: Palette;
  /** How much to draw: 1 is normal, 0.5 a draft, 1.6 fine. */
  readonly detail: number;
}

/** Draws a scene as the inside of an SVG document of the scene's size. */
export type Style = (scene: Scene) => string;

export type Point = readonly [x: number, y: number];

/** A number as short as a picture needs it. */
export function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A smooth curve through points, as path data: Catmull-Rom turned into Bézier segments. */
export function curve(points: readonly Point[], isClosed = false): string {
  const count = points.length;
  const at = (index: number): Point => {
    const wrapped = isClosed ? (index + count) % count : Math.min(count - 1, Math.max(0, index));
    return points[wrapped] ?? [0, 0];
  };
  const [startX, startY] = at(0);
  const segments = [`M${n(startX)} ${n(startY)}`];
  for (let i = 0; i < (isClosed ? count : count - 1); i += 1) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const c1 = `${n(p1[0] + (p2[0] - p0[0]) / 6)} ${n(p1[1] + (p2[1] - p0[1]) / 6)}`;
    const c2 = `${n(p2[0] - (p3[0] - p1[0]) / 6)} ${n(p2[1] - (p3[1] - p1[1]) / 6)}`;
    segments.push(`C${c1} ${c2} ${n(p2[0])} ${n(p2[1])}`);
  }
  return segments.join('') + (isClosed ? 'Z' : '');
}

/** Straight lines through points, as path data. */
export function polyline(points: readonly Point[]): string {
  return `M${points.map(([x, y]) => `${n(x)} ${n(y)}`).join('L')}`;
}

/** A gradient from top to bottom, or along `direction`, as a definition with this id. */
export function linearGradient(
  id: string,
  stops: readonly [offset: number, colour: string, opacity?: number][],
  direction = 'x2="0" y2="1"',
): string {
  return `<linearGradient id="${id}" ${direction}>${stopList(stops)}</linearGradient>`;
}

/** A gradient from the middle outwards, as a definition with this id. */
export function radialGradient(
  id: string,
  stops: readonly [offset: number, colour: string, opacity?: number][],
): string {
  return `<radialGradient id="${id}">${stopList(stops)}</radialGradient>`;
}

function stopList(stops: readonly [offset: number, colour: string, opacity?: number][]): string {
  return stops
    .map(
      ([offset, colour, opacity = 1]) => `<stop offset="${offset}" stop-color="${colour}" stop-opacity="${opacity}"/>`,
    )
    .join('');
}
