import type { Pixels } from '../../shared/catalogue/size.ts';

/** How far the shape may be from what was asked, as a logarithm: providers round sides to multiples of 8 to 64. */
const SHAPE_TOLERANCE = Math.log(1.06);

/** Whether a size has about the shape of another, both in px. */
export function hasShapeOf(size: Pixels, expected: Pixels): boolean {
  return Math.abs(Math.log(size.width / size.height) - Math.log(expected.width / expected.height)) <= SHAPE_TOLERANCE;
}
