import type { Paint } from '../document/paints.ts';

type Solid = Extract<Paint, { type: 'SOLID' }>;
type Gradient = Exclude<Paint, { type: 'SOLID' | 'IMAGE' | 'VIDEO' }>;

function channel(value: number): number {
  return Math.round(value * 255);
}

export function solidColor({ color, opacity = 1 }: Solid): string {
  return `rgba(${channel(color.r)}, ${channel(color.g)}, ${channel(color.b)}, ${opacity})`;
}

/** A gradient as CSS; its direction is taken from the transform's first row (assumption `gradient-drawing`). */
export function gradientImage(paint: Gradient): string {
  const stops = paint.gradientStops.map(({ color, position }) => {
    const { r, g, b, a } = color;
    return `rgba(${channel(r)}, ${channel(g)}, ${channel(b)}, ${a * (paint.opacity ?? 1)}) ${position * 100}%`;
  });
  if (paint.type !== 'GRADIENT_LINEAR') return `radial-gradient(${stops.join(', ')})`;
  const [[a, b]] = paint.gradientTransform;
  const degrees = (Math.atan2(b, a) * 180) / Math.PI + 90;
  return `linear-gradient(${degrees}deg, ${stops.join(', ')})`;
}

export function isShown(paint: Paint): boolean {
  return paint.visible !== false && paint.opacity !== 0;
}

const FITS = { FILL: 'cover', FIT: 'contain', CROP: 'cover', TILE: 'none' } as const;

/** How a picture sits in its layer, in CSS's words (assumption `crop-and-tile`). */
export function objectFit(scaleMode: keyof typeof FITS): (typeof FITS)[keyof typeof FITS] {
  return FITS[scaleMode];
}
