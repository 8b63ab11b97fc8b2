import { curve, linearGradient, n, type Point, type Scene } from '../scene.ts';

/** A bed of flowers: stems and leaves behind, flowers of a few kinds in front, the largest last. */
export function blooms(scene: Scene): string {
  const { width, height, random, palette, detail } = scene;
  const ground = linearGradient('ground', [
    [0, palette.ramp(palette.dark ? 0.02 : 0)],
    [1, palette.ramp(palette.dark ? 0.24 : 0.14)],
  ]);
  const parts = [`<defs>${ground}</defs><rect width="${n(width)}" height="${n(height)}" fill="url(#ground)"/>`];
  const area = (width * height) / 1_000_000;
  for (let i = 0; i < 90 * area * detail; i += 1) parts.push(drawLeaf(scene, i / (90 * area * detail)));
  const count = Math.round(random.between(15, 21) * area ** 0.8 * (0.6 + 0.4 * detail));
  const flowers = placeApart(scene, count).sort((a, b) => a.size - b.size);
  for (const { x, y } of flowers) parts.push(drawStem(scene, x, y));
  for (const [index, { x, y, size }] of flowers.entries()) parts.push(drawFlower(scene, x, y, size, index));
  return parts.join('');
}

/** Places that keep their distance from each other, as far as there is room. */
function placeApart({ width, height, random }: Scene, count: number) {
  const places: { x: number; y: number; size: number }[] = [];
  for (let tries = 0; tries < 900 && places.length < count; tries += 1) {
    const size = 42 + 105 * random.between(0, 1) ** 1.6;
    const place = { x: random.between(0, width), y: random.between(0, height * 0.96), size };
    const isFree = places.every(
      ({ x, y, size: other }) => Math.hypot(x - place.x, y - place.y) > (other + size) * 0.92,
    );
    if (isFree) places.push(place);
  }
  return places;
}

function drawStem({ height, random, palette }: Scene, x: number, y: number): string {
  const sway = random.between(-70, 70);
  const path: Point[] = [
    [x, y],
    [x + sway * 0.5, y + (height - y) * 0.4],
    [x + sway, height + 40],
  ];
  return `<path d="${curve(path)}" fill="none" stroke="${palette.ramp(palette.dark ? 0.42 : 0.72)}" stroke-width="5" stroke-linecap="round"/>`;
}

function drawLeaf({ width, height, random, palette }: Scene, layer: number): string {
  const [x, y] = [random.between(0, width), height * (1.05 - 0.75 * random.between(0, 1) ** 1.8)];
  const [length, breadth] = [random.between(60, 190), random.between(12, 36)];
  const tone = palette.dark ? 0.14 + 0.3 * layer : 0.16 + 0.5 * layer;
  const blade = `M0 0Q${n(length * 0.45)} ${n(-breadth)} ${n(length)} 0Q${n(length * 0.45)} ${n(breadth)} 0 0Z`;
  const vein = `<path d="M0 0H${n(length * 0.9)}" stroke="${palette.ramp(tone - 0.13)}" stroke-width="1.6"/>`;
  const turn = -90 + random.between(-65, 65);
  return `<g transform="translate(${n(x)} ${n(y)}) rotate(${n(turn)})"><path d="${blade}" fill="${palette.ramp(tone)}"/>${vein}</g>`;
}

function drawFlower({ random, palette, detail }: Scene, x: number, y: number, size: number, index: number): string {
  const petals = random.pick([5, 6, 8, 11, 13]);
  const slim = petals > 8 ? 0.2 : random.between(0.32, 0.46);
  const tip = random.between(0.1, 1.1);
  const isAccent = random.chance(0.6);
  const rings = Math.max(1, Math.round(random.between(1.4, 2.6) * detail));
  const parts: string[] = [];
  for (let ring = 0; ring < rings; ring += 1) {
    const reach = size * (1 - ring * 0.27);
    const half = reach * slim;
    const petal = `M0 0C${n(half)} ${n(-reach * 0.3)} ${n(half * tip)} ${n(-reach)} 0 ${n(-reach)}C${n(-half * tip)} ${n(-reach)} ${n(-half)} ${n(-reach * 0.3)} 0 0Z`;
    const colour = isAccent
      ? palette.accent(index + ring)
      : ring % 2 === 0
        ? palette.light
        : palette.ramp(palette.dark ? 0.95 : 0.3);
    const turn = random.between(0, 360 / petals);
    for (let k = 0; k < petals; k += 1) {
      const angle = turn + (360 / petals) * k;
      parts.push(
        `<path d="${petal}" fill="${colour}" stroke="${palette.ink}" stroke-opacity="0.16" stroke-width="1.5" transform="rotate(${n(angle)})"/>`,
      );
      parts.push(
        `<path d="M0 ${n(-reach * 0.2)}V${n(-reach * 0.62)}" stroke="${palette.ink}" stroke-opacity="0.13" stroke-width="2" stroke-linecap="round" transform="rotate(${n(angle)})"/>`,
      );
    }
  }
  const heart = size * 0.2;
  parts.push(`<circle r="${n(heart)}" fill="${palette.ramp(palette.dark ? 0.12 : 0.82)}"/>`);
  for (let dot = 0; dot < 13; dot += 1) {
    const [angle, away] = [dot * 2.39996, heart * 0.82 * Math.sqrt((dot + 0.5) / 13)];
    parts.push(
      `<circle cx="${n(Math.cos(angle) * away)}" cy="${n(Math.sin(angle) * away)}" r="${n(heart * 0.11)}" fill="${palette.light}"/>`,
    );
  }
  return `<g transform="translate(${n(x)} ${n(y)})">${parts.join('')}</g>`;
}
