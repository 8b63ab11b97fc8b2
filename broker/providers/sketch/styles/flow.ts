import { curve, linearGradient, n, type Point, type Scene } from '../scene.ts';

/** Brush strokes that follow an invisible current, around one or two eyes of it. */
export function flow({ width, height, random, noise, palette, detail }: Scene): string {
  const zoom = random.between(1.1, 2.1);
  const eyes = Array.from({ length: random.whole(1, 2) }, () => ({
    x: width * random.between(0.2, 0.8),
    y: height * random.between(0.2, 0.8),
    reach: random.between(200, 420),
    spin: random.pick([1, -1]),
  }));
  const heading = random.between(-0.6, 0.6);
  const angleAt = (x: number, y: number) => {
    let angle = heading + noise((x / 1_000) * zoom, (y / 1_000) * zoom) * Math.PI * 0.9;
    for (const eye of eyes) {
      const pull = Math.exp(-(((x - eye.x) ** 2 + (y - eye.y) ** 2) / eye.reach ** 2));
      angle += (Math.atan2(y - eye.y, x - eye.x) + (eye.spin * Math.PI) / 2 - angle) * pull;
    }
    return angle;
  };
  const background = linearGradient('ground', [
    [0, palette.ramp(palette.dark ? 0.04 : 0.12)],
    [1, palette.ramp(palette.dark ? 0.2 : 0)],
  ]);
  const parts = [`<defs>${background}</defs><rect width="${n(width)}" height="${n(height)}" fill="url(#ground)"/>`];
  const strokes = Math.min(1_500, ((width * height) / 1_000_000) * 950 * detail);
  for (let i = 0; i < strokes; i += 1) {
    const layer = i / strokes;
    let [x, y] = [random.between(-80, width + 80), random.between(-80, height + 80)];
    const points: Point[] = [[x, y]];
    for (let step = random.whole(5, 14); step > 0; step -= 1) {
      const angle = angleAt(x, y);
      x += Math.cos(angle) * 19;
      y += Math.sin(angle) * 19;
      points.push([x, y]);
    }
    const tone = 0.22 + 0.62 * layer + noise(x / 300, y / 300) * 0.24;
    const colour = random.chance(0.055 + 0.05 * layer) ? palette.accent(random.whole(0, 2)) : palette.ramp(tone);
    const thickness = random.between(3, 15) * (1.25 - 0.75 * layer);
    parts.push(
      `<path d="${curve(points)}" stroke="${colour}" stroke-width="${n(thickness)}" stroke-opacity="${n(0.5 + 0.4 * layer)}"/>`,
    );
  }
  return `<g fill="none" stroke-linecap="round" stroke-linejoin="round">${parts.join('')}</g>`;
}
