import sharp from 'sharp';
import { BadOutput } from './bad-output.ts';
import { type CheckedImage, checkImage } from './check-image.ts';

/** More than any model draws; what is larger is no drawing. In bytes. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The longer side of the picture that stands for a drawing where pixels are needed, in px. */
const SIDE = 2_048;

/** librsvg's own resolution, at which a drawing has the size that it says. */
const DENSITY = 72;

/**
 * What a drawing has no need of, and what could make it do or fetch something where it is opened (the SVG 2
 * specification: scripts, events, foreign content, references to elsewhere, entities).
 */
const HARMFUL: readonly [what: string, words: RegExp][] = [
  ['a document type', /<!\s*(doctype|entity)/i],
  ['a style sheet of its own', /<\?\s*xml-stylesheet|@import/i],
  ['a script', /<\s*([\w-]+:)?(script|handler|listener)\b|javascript:/i],
  ['foreign content', /<\s*([\w-]+:)?(foreignObject|iframe|object|embed|audio|video|link)\b/i],
  ['an animation', /<\s*([\w-]+:)?(set|animate\w*|discard)\b/i],
  ['an event', /[\s"'/]on[a-z]+\s*=/i],
  ['a link to elsewhere', /\bhref\s*=(?!\s*["']\s*(#|data:image\/(png|jpe?g|webp)[;,]))/i],
  ['a link to elsewhere in its style', /\burl\((?!\s*["']?\s*(#|data:image\/(png|jpe?g|webp)[;,]))/i],
];

/** A declaration and comments, then the drawing. A comment ends at its first end, so that there is one way to read it. */
const START = /^\s*(<\?xml[^>]*\?>\s*)?(<!--((?!-->)[\s\S])*-->\s*)*<svg[\s>]/;

/** A drawing of paths that is whole and does nothing, and the picture that stands for it where pixels are needed. */
export interface CheckedSvg extends CheckedImage {
  readonly png: Uint8Array;
}

/**
 * Checks a drawing: SVG, whole, without anything that acts or fetches, not blank. It is drawn once.
 * @throws BadOutput
 */
export async function checkSvg(bytes: Uint8Array): Promise<CheckedSvg> {
  if (bytes.length > MAX_BYTES) throw new BadOutput(`${bytes.length} bytes are too many for a drawing`);
  const text = textOf(bytes);
  if (!START.test(text)) throw new BadOutput('the bytes are no SVG');
  if (!/<\/svg>\s*$/.test(text)) throw new BadOutput('the SVG has no end: it was cut off');
  const harm = HARMFUL.find(([, words]) => words.test(text))?.[0];
  if (harm) throw new BadOutput(`the SVG has ${harm}`);
  const png = await draw(bytes);
  return { ...(await checkImage(png, null)), png };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new BadOutput('the SVG is not written in UTF-8', { cause });
  }
}

async function draw(bytes: Uint8Array): Promise<Uint8Array> {
  try {
    const { width, height } = await sharp(bytes, { density: DENSITY }).metadata();
    const density = Math.min(100_000, Math.max(1, (DENSITY * SIDE) / Math.max(width, height)));
    return await sharp(bytes, { density }).resize(SIDE, SIDE, { fit: 'inside' }).png().toBuffer();
  } catch (cause) {
    throw new BadOutput('the SVG cannot be drawn', { cause });
  }
}
