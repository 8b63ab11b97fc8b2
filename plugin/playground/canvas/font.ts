/** Inter's own line height. */
export const LINE_HEIGHT = 1.21;

const WEIGHTS: Readonly<Record<string, number>> = {
  Thin: 100,
  'Extra Light': 200,
  Light: 300,
  Regular: 400,
  Medium: 500,
  'Semi Bold': 600,
  Bold: 700,
  'Extra Bold': 800,
  Black: 900,
};

export function fontWeight(style: string): number {
  return WEIGHTS[style] ?? 400;
}
