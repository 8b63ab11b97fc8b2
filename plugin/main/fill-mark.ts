/** Inkpot's violet, on the canvas. */
export const HUE: RGB = { r: 0.48, g: 0.38, b: 1 };

/** A translucent veil over a layer's own fills while its picture is made: no node is added, and nothing is lost. */
const VEIL: SolidPaint = { type: 'SOLID', color: HUE, opacity: 0.2 };

/** Veils a layer whose picture is on its way. */
export function veil(node: MinimalFillsMixin): void {
  node.fills = [...withoutVeil(node), VEIL];
}

/** Takes the veil off, and leaves every other fill as the designer has it by now. */
export function unveil(node: MinimalFillsMixin): void {
  node.fills = withoutVeil(node);
}

/** A veil is known by its colour, which Figma rounds to 32 bits. */
function withoutVeil({ fills }: MinimalFillsMixin): Paint[] {
  const near = (a: number | undefined, b: number | undefined) => Math.abs((a ?? 1) - (b ?? 1)) < 0.002;
  return (Array.isArray(fills) ? fills : []).filter(
    (paint: Paint) =>
      !(
        paint.type === 'SOLID' &&
        near(paint.opacity, VEIL.opacity) &&
        near(paint.color.r, HUE.r) &&
        near(paint.color.g, HUE.g)
      ),
  );
}
