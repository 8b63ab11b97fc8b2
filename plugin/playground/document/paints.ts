import * as z from 'zod/mini';

const unit = z.number().check(z.gte(0), z.lte(1));
const rgb = z.strictObject({ r: unit, g: unit, b: unit });
const transform = z.tuple([
  z.tuple([z.number(), z.number(), z.number()]),
  z.tuple([z.number(), z.number(), z.number()]),
]);
const common = {
  visible: z.optional(z.boolean()),
  opacity: z.optional(unit),
  blendMode: z.optional(z.string()),
};
const filters = z.strictObject({
  exposure: z.optional(z.number()),
  contrast: z.optional(z.number()),
  saturation: z.optional(z.number()),
  temperature: z.optional(z.number()),
  tint: z.optional(z.number()),
  highlights: z.optional(z.number()),
  shadows: z.optional(z.number()),
});
const media = {
  ...common,
  scaleMode: z.enum(['FILL', 'FIT', 'CROP', 'TILE']),
  scalingFactor: z.optional(z.number()),
  rotation: z.optional(z.number()),
  filters: z.optional(filters),
};
const gradientStop = z.strictObject({ position: unit, color: z.strictObject({ r: unit, g: unit, b: unit, a: unit }) });

const paint = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('SOLID'), color: rgb, ...common, boundVariables: z.optional(z.strictObject({})) }),
  z.strictObject({
    type: z.enum(['GRADIENT_LINEAR', 'GRADIENT_RADIAL', 'GRADIENT_ANGULAR', 'GRADIENT_DIAMOND']),
    gradientTransform: transform,
    gradientStops: z.array(gradientStop),
    ...common,
  }),
  z.strictObject({
    type: z.literal('IMAGE'),
    imageHash: z.nullable(z.string()),
    imageTransform: z.optional(transform),
    ...media,
  }),
  z.strictObject({
    type: z.literal('VIDEO'),
    videoHash: z.nullable(z.string()),
    videoTransform: z.optional(transform),
    ...media,
  }),
]);

export type Paint = z.infer<typeof paint>;

const paints = z.array(paint);

/**
 * Reads a plugin's `fills` or `strokes`.
 *
 * @throws Error in the shape of Figma's validation message: `Property "fills" failed validation: …` (wording: assumption `paint-wording`).
 */
export function readPaints(value: unknown, property: string): readonly Paint[] {
  const parsed = paints.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue === undefined ? '' : issue.path.map((key) => `[${String(key)}]`).join('');
  throw new Error(`Property "${property}" failed validation: ${issue?.message ?? 'Invalid value'} at ${place || '[]'}`);
}

/** The hash of the picture or video that a paint shows, if it shows one. */
export function mediaHash(paint: Paint): string | null {
  if (paint.type === 'IMAGE') return paint.imageHash;
  if (paint.type === 'VIDEO') return paint.videoHash;
  return null;
}
