import { linearGradient, n, type Point, polyline, type Scene } from '../scene.ts';
import { drawSky } from './sky.ts';

/** Ridges one behind the other under a sky, paler with distance, with mist between them and trees in front. */
export function mountains(scene: Scene): string {
  const { width, height, random, palette, detail } = scene;
  const horizon = height * random.between(0.45, 0.6);
  const layers = random.whole(4, 6);
  const parts = [drawSky(scene, horizon)];
  for (let layer = 0; layer < layers; layer += 1) {
    const depth = layer / (layers - 1);
    const base = horizon + (height * 0.98 - horizon) * depth ** 1.2 - 40 * (1 - depth);
    const relief = 210 - 120 * depth;
    const ridge = drawRidge(scene, { base, relief, roughness: 2.2 + layer * 0.5, offset: layer * 17.3 });
    const [top, bottom] = palette.dark
      ? [0.5 - 0.48 * depth, 0.62 - 0.45 * depth]
      : [0.14 + 0.8 * depth, 0.06 + 0.72 * depth];
    const fill = linearGradient(`ridge${layer}`, [
      [0, palette.ramp(top)],
      [1, palette.ramp(bottom)],
    ]);
    parts.push(`<defs>${fill}</defs><path d="${polyline(ridge)}V${n(height)}H0Z" fill="url(#ridge${layer})"/>`);
    if (layer >= layers - 2)
      parts.push(drawTrees(ridge, scene, palette.ramp(top), (24 + 46 * depth) * (1 + detail * 0.2)));
  }
  parts.push(drawBirds(scene, horizon, width));
  return parts.join('');
}

function drawRidge(
  { width, noise, detail }: Scene,
  { base, relief, roughness, offset }: { base: number; relief: number; roughness: number; offset: number },
): Point[] {
  const step = 6 / detail;
  const points: Point[] = [];
  for (let x = 0; x < width + step; x += step) {
    const t = (x / 1_000) * roughness + offset;
    // Folding the first octave over makes crests instead of hills.
    const crest = 1 - Math.abs(noise(t, offset)) * 1.6;
    const slope =
      noise(t * 2.7, offset + 9) * 0.34 + noise(t * 7.1, offset + 5) * 0.12 + noise(t * 17, offset + 3) * 0.045;
    points.push([x, base - relief * (crest * 0.75 + slope)]);
  }
  return points;
}

function drawTrees(ridge: readonly Point[], { random, noise }: Scene, colour: string, size: number): string {
  const trees: string[] = [];
  let next = 0;
  for (const [x, y] of ridge) {
    if (x < next) continue;
    next = x + size * random.between(0.16, 0.5);
    if (noise(x / 260, y / 900) < -0.18) continue;
    const [h, w] = [size * random.between(0.55, 1.25), size * 0.2];
    const tiers = [0, 0.3, 0.58].map((from) => {
      const half = w * (0.45 + from * 0.9);
      const bottom = y + 6 - h * (0.62 - from);
      return `M${n(x)} ${n(y + 6 - h * (1 - from * 0.72))}L${n(x + half)} ${n(bottom)}H${n(x - half)}Z`;
    });
    trees.push(`${tiers.join('')}M${n(x - 1.5)} ${n(y - h * 0.1)}h3v${n(h * 0.2)}h-3Z`);
  }
  return `<path d="${trees.join('')}" fill="${colour}"/>`;
}

function drawBirds({ random, palette }: Scene, horizon: number, width: number): string {
  const flock = random.whole(0, 5);
  const [fromX, fromY] = [random.between(0.15, 0.7) * width, random.between(0.2, 0.6) * horizon];
  const birds = Array.from({ length: flock }, () => {
    const [x, y, wing] = [fromX + random.between(0, 180), fromY + random.between(-50, 50), random.between(8, 15)];
    return `M${n(x - wing)} ${n(y - wing * 0.4)}q${n(wing * 0.6)} ${n(-wing * 0.3)} ${n(wing)} ${n(wing * 0.5)}q${n(wing * 0.4)} ${n(-wing * 0.8)} ${n(wing)} ${n(-wing * 0.5)}`;
  });
  const colour = palette.dark ? palette.light : palette.ink;
  return `<path d="${birds.join('') || 'M0 0'}" fill="none" stroke="${colour}" stroke-width="2.4" stroke-linecap="round" stroke-opacity="0.75"/>`;
}
