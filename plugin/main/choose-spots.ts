import type { Rect } from './geometry.ts';
import { centreOn, findFreeSpot, GAP, layOutGrid } from './geometry.ts';
import { lastPictureArea } from './last-picture.ts';
import { currentStage } from './stage.ts';

type Sides = Pick<Rect, 'width' | 'height'>;

/**
 * Where new frames for these pictures go: in a grid beside `neighbour`, else beside the last picture, else in the middle
 * of what the designer sees; never over anything that is there.
 */
export async function chooseSpots(pictures: readonly Sides[], neighbour: Rect | null): Promise<Rect[]> {
  const [first] = pictures;
  if (!first) return [];
  const { cells, bounds } = layOutGrid(pictures.length, first.width, first.height);
  const stage = currentStage();
  const beside = neighbour ?? (await lastPictureArea());
  const wanted = beside
    ? { x: Math.ceil(beside.x + beside.width + GAP), y: Math.round(beside.y) }
    : centreOn(stage.centre, bounds);
  const corner = findFreeSpot({ ...bounds, ...wanted }, stage.taken);
  return cells.map((cell) => ({ ...cell, x: cell.x + corner.x, y: cell.y + corner.y }));
}
