import { linearGradient, n, type Scene } from '../scene.ts';
import { drawSky } from './sky.ts';

/** A skyline in rows, the nearest darkest, with lit windows and what stands on roofs. */
export function city(scene: Scene): string {
  const { width, height, random, palette } = scene;
  const parts = [drawSky(scene, height * 0.62)];
  const rows = 4;
  for (let row = 0; row < rows; row += 1) {
    const depth = row / (rows - 1);
    const base = height * (0.8 + 0.22 * depth);
    const tone = palette.dark ? 0.44 - 0.4 * depth : 0.2 + 0.68 * depth;
    const fill = linearGradient(`row${row}`, [
      [0, palette.ramp(tone)],
      [1, palette.ramp(tone + (palette.dark ? 0.1 : -0.1))],
    ]);
    parts.push(`<defs>${fill}</defs>`);
    for (let x = -random.between(0, 60); x < width; ) {
      const breadth = random.between(52, 120) * (0.75 + 0.45 * depth);
      const rise = random.between(0.22, 0.62) * (1 - 0.42 * depth) * Math.min(height, 1_300);
      parts.push(drawTower(scene, { x, breadth, top: base - rise, base: height, row, depth }));
      x += breadth + (random.chance(0.25) ? random.between(4, 30) : 0);
    }
    const mist = palette.ramp(palette.dark ? 0.5 : 0.04);
    const veil = linearGradient(`veil${row}`, [
      [0, mist, 0],
      [1, mist, 0.5 * (1 - depth)],
    ]);
    parts.push(
      `<defs>${veil}</defs><rect y="${n(height * 0.45)}" width="${n(width)}" height="${n(height * 0.55)}" fill="url(#veil${row})"/>`,
    );
  }
  return parts.join('');
}

function drawTower(
  { random, palette, detail }: Scene,
  tower: { x: number; breadth: number; top: number; base: number; row: number; depth: number },
): string {
  const { x, breadth, top, base, row, depth } = tower;
  const body = `fill="url(#row${row})"`;
  const parts = [`<rect x="${n(x)}" y="${n(top)}" width="${n(breadth + 0.6)}" height="${n(base - top)}" ${body}/>`];
  const middle = x + breadth / 2;
  switch (random.whole(0, 5)) {
    case 0:
      parts.push(`<path d="M${n(middle - 2)} ${n(top)}l2 ${n(-random.between(50, 110))}l2 ${n(110)}Z" ${body}/>`);
      break;
    case 1:
      parts.push(
        `<path d="M${n(x)} ${n(top + 0.5)}L${n(middle)} ${n(top - breadth * 0.6)}L${n(x + breadth)} ${n(top + 0.5)}Z" ${body}/>`,
      );
      break;
    case 2:
      parts.push(
        `<rect x="${n(x + breadth * 0.18)}" y="${n(top - 34)}" width="${n(breadth * 0.64)}" height="36" ${body}/>`,
      );
      parts.push(
        `<rect x="${n(x + breadth * 0.36)}" y="${n(top - 58)}" width="${n(breadth * 0.28)}" height="26" ${body}/>`,
      );
      break;
    case 3:
      parts.push(
        `<path d="M${n(x)} ${n(top + 0.5)}A${n(breadth / 2)} ${n(breadth / 2)} 0 0 1 ${n(x + breadth)} ${n(top + 0.5)}Z" ${body}/>`,
      );
      break;
    default:
  }
  if (row === 0) return parts.join('');
  const across = Math.max(2, Math.round((breadth / (15 + 7 * depth)) * (0.6 + 0.4 * detail)));
  const [cell, margin] = [(breadth * 0.8) / across, breadth * 0.1];
  const lit = random.between(0.18, 0.55);
  const [warm, cool] = [palette.glow, palette.light];
  for (let y = top + cell; y < base; y += cell * 1.5) {
    for (let k = 0; k < across; k += 1) {
      if (!random.chance(lit)) continue;
      const place = `x="${n(x + margin + cell * (k + 0.18))}" y="${n(y)}" width="${n(cell * 0.64)}" height="${n(cell * 0.86)}"`;
      parts.push(
        `<rect ${place} fill="${random.chance(0.7) ? warm : cool}" fill-opacity="${n(random.between(0.35, 0.95))}"/>`,
      );
    }
  }
  return parts.join('');
}
