import { n, type Scene } from '../scene.ts';

/** A tile draws itself into 100 × 100 units with two colours. */
type Tile = (a: string, b: string) => string;

const TILES: readonly [Tile, ...Tile[]] = [
  (a) => `<path d="M0 0H100A100 100 0 0 1 0 100Z" fill="${a}"/>`,
  (a, b) => `<path d="M0 0A100 100 0 0 0 100 100V0Z" fill="${a}"/><circle cx="72" cy="28" r="15" fill="${b}"/>`,
  (a, b) => `<circle cx="50" cy="50" r="50" fill="${a}"/><path d="M50 0A50 50 0 0 1 50 100Z" fill="${b}"/>`,
  (a, b) => `<path d="M0 0H100L0 100Z" fill="${a}"/><circle cx="70" cy="70" r="16" fill="${b}"/>`,
  (a, b) => `<path d="M0 50A50 50 0 0 1 100 50Z" fill="${a}"/><path d="M0 100A50 50 0 0 1 100 100Z" fill="${b}"/>`,
  (a, b) =>
    `<circle cx="50" cy="50" r="50" fill="${a}"/><circle cx="50" cy="50" r="33" fill="${b}"/><circle cx="50" cy="50" r="16" fill="${a}"/>`,
  (a) => [0, 1, 2, 3].map((i) => `<rect y="${i * 25 + 3}" width="100" height="15" fill="${a}"/>`).join(''),
  (a, b) =>
    `<path d="M0 0A50 50 0 0 0 50 50 50 50 0 0 0 0 100Z" fill="${a}"/><path d="M100 0A50 50 0 0 1 50 50 50 50 0 0 1 100 100Z" fill="${b}"/>`,
  (a, b) => `<path d="M50 0 100 50 50 100 0 50Z" fill="${a}"/><circle cx="50" cy="50" r="18" fill="${b}"/>`,
  (a, b) =>
    `<path d="M0 0Q100 0 100 100Q0 100 0 0Z" fill="${a}"/><path d="M8 8Q70 30 92 92" stroke="${b}" stroke-width="5" fill="none"/>`,
  (a, b) =>
    `<path d="M0 0H50V50H0ZM50 50H100V100H50Z" fill="${a}"/><circle cx="75" cy="25" r="17" fill="${b}"/><circle cx="25" cy="75" r="17" fill="${b}"/>`,
];

/** A poster of simple shapes on a grid, some of them four tiles large. */
export function tiles({ width, height, random, palette, detail }: Scene): string {
  const across = Math.max(3, Math.round((width / 1_000) * (detail < 1 ? 5 : random.whole(5, 7))));
  const side = width / across;
  const down = Math.ceil(height / side);
  const paper = palette.ramp(palette.dark ? 0.05 : 0.02);
  const colours = [0.45, 0.7, 0.95].map((t) => palette.ramp(t));
  const inks = [palette.ramp(0.2), ...colours, palette.accent(0), palette.accent(1), palette.light] as const;
  const parts = [`<rect width="${n(width)}" height="${n(height)}" fill="${paper}"/>`];
  const taken = new Set<string>();
  for (let row = 0; row < down; row += 1) {
    for (let column = 0; column < across; column += 1) {
      if (taken.has(`${column},${row}`)) continue;
      const fits = column + 1 < across && row + 1 < down && !taken.has(`${column + 1},${row}`);
      const span = fits && random.chance(0.2) ? 2 : 1;
      if (span === 2)
        for (const [dx, dy] of [
          [1, 0],
          [0, 1],
          [1, 1],
        ])
          taken.add(`${column + (dx ?? 0)},${row + (dy ?? 0)}`);
      const ground = random.pick(inks);
      const a = other(random.pick(inks), ground, palette.ink);
      const b = other(random.pick(inks), a, ground === palette.light ? palette.ink : palette.light);
      const place = `translate(${n(column * side)} ${n(row * side)}) scale(${(side * span) / 100})`;
      const turn = `rotate(${random.whole(0, 3) * 90} 50 50)`;
      parts.push(`<g transform="${place}"><rect width="100.4" height="100.4" fill="${ground}"/>`);
      if (random.chance(0.93)) parts.push(`<g transform="${turn}">${random.pick(TILES)(a, b)}</g>`);
      parts.push('</g>');
    }
  }
  return parts.join('');
}

function other(colour: string, than: string, otherwise: string): string {
  return colour === than ? otherwise : colour;
}
