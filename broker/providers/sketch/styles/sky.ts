import { linearGradient, n, radialGradient, type Scene } from '../scene.ts';

/** A sky with its light: a sun or a moon with a halo, and stars where it is dark. */
export function drawSky({ width, height, random, palette, detail }: Scene, horizon: number): string {
  const [x, y] = [width * random.between(0.2, 0.8), horizon * random.between(0.35, 0.75)];
  const radius = random.between(60, 120);
  const { glow } = palette;
  const definitions = [
    linearGradient('sky', [
      [0, palette.ramp(palette.dark ? 0 : 0.16)],
      [0.55, palette.ramp(palette.dark ? 0.22 : 0.06)],
      [1, palette.ramp(palette.dark ? 0.5 : 0)],
    ]),
    radialGradient('halo', [
      [0, glow, 0.75],
      [0.35, glow, 0.28],
      [1, glow, 0],
    ]),
    linearGradient('disc', [
      [0, palette.light],
      [1, glow],
    ]),
  ];
  const parts = [
    `<defs>${definitions.join('')}</defs><rect width="${n(width)}" height="${n(height)}" fill="url(#sky)"/>`,
  ];
  if (palette.dark)
    parts.push(drawStars({ width, height: horizon, random, colour: palette.light, count: 160 * detail }));
  parts.push(`<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius * 4.5)}" fill="url(#halo)"/>`);
  parts.push(`<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="url(#disc)"/>`);
  return parts.join('');
}

/** Stars, most of them faint. */
export function drawStars(sky: Pick<Scene, 'width' | 'height' | 'random'> & { colour: string; count: number }): string {
  const { width, height, random, colour, count } = sky;
  const stars: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const brightness = random.between(0, 1) ** 3;
    const place = `cx="${n(random.between(0, width))}" cy="${n(random.between(0, height))}"`;
    stars.push(`<circle ${place} r="${n(0.7 + brightness * 2.6)}" fill-opacity="${n(0.3 + brightness * 0.7)}"/>`);
  }
  return `<g fill="${colour}">${stars.join('')}</g>`;
}
