import sharp, { type Sharp } from 'sharp';
import type { Pixels } from '../../shared/catalogue/size.ts';

/** What {@link sampleImage} is made of: a drawing for fake providers and tests, as SVG. */
export function sampleDrawing({ width, height }: Pixels, { opacity = 1 } = {}): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 100 100" preserveAspectRatio="none">
    <linearGradient id="g" x2="1" y2="1"><stop stop-color="#1b3a6b"/><stop offset="1" stop-color="#f2a65a"/></linearGradient>
    <rect width="100" height="100" fill="url(#g)" opacity="${opacity}"/>
    <circle cx="62" cy="40" r="18" fill="#fff4d6"/><path d="M0 80 30 50 55 78 75 60 100 84V100H0Z" fill="#0f2233"/>
  </svg>`;
}

/** A picture for fake providers and tests: two colours from corner to corner, with a shape on top, of exactly this size. */
export function sampleImage(size: Pixels, { opacity = 1 } = {}): Sharp {
  const image = sharp(Buffer.from(sampleDrawing(size, { opacity })), { limitInputPixels: false });
  return opacity < 1 ? image : image.removeAlpha();
}
