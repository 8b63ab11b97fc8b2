import type { Pixels } from '../../shared/catalogue/size.ts';

/** A size of this shape (width over height) with about so many pixels, both sides a multiple of `multiple` px. */
export function sizeOfShape(shape: number, pixels: number, multiple: number): Pixels {
  const side = (length: number) => Math.max(multiple, Math.round(length / multiple) * multiple);
  return { width: side(Math.sqrt(pixels * shape)), height: side(Math.sqrt(pixels / shape)) };
}
