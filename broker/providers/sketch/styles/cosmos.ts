import { linearGradient, n, radialGradient, type Scene } from '../scene.ts';
import { drawStars } from './sky.ts';

/** Planets, one of them ringed, in front of clouds of light and stars. */
export function cosmos(scene: Scene): string {
  const { width, height, random, palette, detail } = scene;
  const deep = palette.dark ? palette.ramp(0) : palette.ink;
  const parts = [`<rect width="${n(width)}" height="${n(height)}" fill="${deep}"/>`];
  for (let cloud = 0; cloud < 26; cloud += 1) {
    const id = `cloud${cloud}`;
    const colour = random.chance(0.4) ? palette.accent(cloud) : palette.ramp(random.between(0.4, 0.8));
    const along = random.between(-0.1, 1.1);
    const x = width * along;
    const y = height * (0.8 - 0.6 * along) + random.between(-260, 260);
    parts.push(
      `<defs>${radialGradient(id, [
        [0, colour, 0.3],
        [0.5, colour, 0.1],
        [1, colour, 0],
      ])}</defs>`,
    );
    parts.push(
      `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(random.between(180, 460))}" ry="${n(random.between(120, 300))}" fill="url(#${id})"/>`,
    );
  }
  const count = ((width * height) / 1_000_000) * 420 * detail;
  parts.push(drawStars({ width, height, random, colour: palette.light, count }));
  const planets = random.whole(2, 4);
  for (let index = 0; index < planets; index += 1) {
    const radius = index === 0 ? random.between(190, 290) : random.between(24, 80);
    const x = index === 0 ? width * random.between(0.34, 0.66) : width * random.between(0.08, 0.92);
    const y = index === 0 ? height * random.between(0.38, 0.62) : height * random.between(0.08, 0.92);
    parts.push(drawPlanet(scene, { x, y, radius, index, isRinged: index === 0 && random.chance(0.7) }));
  }
  return parts.join('');
}

function drawPlanet(
  { random, palette, detail }: Scene,
  { x, y, radius, index, isRinged }: { x: number; y: number; radius: number; index: number; isRinged: boolean },
): string {
  const hue = (t: number) =>
    index % 2 === 0
      ? palette.ramp(palette.dark ? 0.5 + t * 0.5 : 0.15 + t * 0.5)
      : palette.accent(index + Math.round(t * 2));
  const id = `planet${index}`;
  const definitions = [
    linearGradient(
      `${id}shade`,
      [
        [0, palette.ink, 0],
        [0.45, palette.ink, 0.1],
        [1, palette.ink, 0.88],
      ],
      'x1="0.1" y1="0.1" x2="0.9" y2="0.8"',
    ),
    radialGradient(`${id}air`, [
      [0.8, hue(0.9), 0.55],
      [1, hue(0.9), 0],
    ]),
    `<clipPath id="${id}"><circle r="${n(radius)}"/></clipPath>`,
  ];
  const bands: string[] = [];
  for (let at = -radius; at < radius; ) {
    const breadth = radius * random.between(0.07, 0.24);
    const bow = breadth * random.between(-0.5, 0.5);
    bands.push(
      `<path d="M${n(-radius)} ${n(at)}Q0 ${n(at + bow)} ${n(radius)} ${n(at)}V${n(at + breadth + 2)}Q0 ${n(at + breadth + bow)} ${n(-radius)} ${n(at + breadth + 2)}Z" fill="${hue(random.between(0, 1))}"/>`,
    );
    at += breadth;
  }
  for (let spot = 0; spot < 4 * detail; spot += 1) {
    const [sx, sy, r] = [
      random.between(-0.7, 0.7) * radius,
      random.between(-0.7, 0.7) * radius,
      radius * random.between(0.03, 0.12),
    ];
    bands.push(
      `<ellipse cx="${n(sx)}" cy="${n(sy)}" rx="${n(r * 1.7)}" ry="${n(r)}" fill="${hue(random.between(0, 1))}" fill-opacity="0.8"/>`,
    );
  }
  const ball = `<g clip-path="url(#${id})">${bands.join('')}<circle r="${n(radius)}" fill="url(#${id}shade)"/></g>`;
  const tilt = random.between(-28, 28);
  const rings = isRinged
    ? [1.45, 1.62, 1.74, 1.95].map((scale, ring) => ({
        rx: radius * scale,
        ry: radius * scale * 0.26,
        width: [20, 9, 14, 4][ring] ?? 6,
      }))
    : [];
  const half = (sweep: 0 | 1) =>
    rings
      .map(
        ({ rx, ry, width }, ring) =>
          `<path d="M${n(-rx)} 0A${n(rx)} ${n(ry)} 0 0 ${sweep} ${n(rx)} 0" fill="none" stroke="${ring % 2 ? palette.light : palette.accent(ring)}" stroke-width="${width}" stroke-opacity="0.8"/>`,
      )
      .join('');
  return `<g transform="translate(${n(x)} ${n(y)}) rotate(${n(tilt)})"><defs>${definitions.join('')}</defs><circle r="${n(radius * 1.14)}" fill="url(#${id}air)"/>${half(1)}${ball}${half(0)}</g>`;
}
