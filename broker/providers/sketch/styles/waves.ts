import { curve, linearGradient, n, type Point, type Scene } from '../scene.ts';
import { drawSky } from './sky.ts';

/** The sea: bands of waves cut out of paper, each with its crest of foam and a shadow on the one behind. */
export function waves(scene: Scene): string {
  const { width, height, random, noise, palette, detail } = scene;
  const horizon = height * random.between(0.3, 0.45);
  const bands = Math.round(random.between(7, 9) * (0.7 + 0.3 * detail));
  const parts = [drawSky(scene, horizon)];
  const sailor = random.chance(0.75) ? random.whole(1, 2) : bands;
  for (let band = 0; band < bands; band += 1) {
    if (band === sailor) parts.push(drawBoat(scene, horizon + (height - horizon) * (band / bands) ** 1.35 * 0.8, band));
    const depth = band / (bands - 1);
    const base = horizon + (height - horizon) * depth ** 1.35 * 0.94;
    const swell = 8 + 62 * depth ** 1.2;
    const length = 120 + 420 * depth;
    const phase = random.between(0, 10);
    const crest: Point[] = [];
    for (let x = -60; x <= width + 60; x += length / 10) {
      const t = x / length + phase;
      const peak = 1 - Math.abs(Math.sin(t * Math.PI)) ** 0.8;
      crest.push([x, base - swell * (peak * 0.8 + noise(t * 0.7, band) * 0.55)]);
    }
    const path = curve(crest);
    const tone = palette.dark ? 0.68 - 0.5 * depth : 0.28 + 0.6 * depth;
    const fill = linearGradient(`wave${band}`, [
      [0, palette.ramp(tone)],
      [1, palette.ramp(tone + (palette.dark ? -0.2 : 0.22))],
    ]);
    const body = `${path}V${n(height + 80)}H-60Z`;
    parts.push(`<defs>${fill}</defs>`);
    parts.push(
      `<path d="${body}" fill="${palette.ink}" fill-opacity="0.16" transform="translate(0 ${n(-5 - 9 * depth)})"/>`,
    );
    parts.push(`<path d="${body}" fill="url(#wave${band})"/>`);
    const foam = `fill="none" stroke="${palette.light}" stroke-linecap="round"`;
    parts.push(`<path d="${path}" ${foam} stroke-width="${n(1.5 + 4.5 * depth)}" stroke-opacity="0.85"/>`);
    for (let line = 1; line <= 3 * detail; line += 1) {
      const dash = `${n(length * random.between(0.1, 0.5))} ${n(length * random.between(0.3, 0.9))}`;
      const down = line * (5 + 15 * depth);
      parts.push(
        `<path d="${path}" ${foam} stroke-width="${n(1 + 2 * depth)}" stroke-opacity="${n(0.5 / line + 0.1)}" stroke-dasharray="${dash}" transform="translate(${n(random.between(-30, 30))} ${n(down)})"/>`,
      );
    }
  }
  return parts.join('');
}

/** A sailing boat, half behind the next wave. */
function drawBoat({ width, random, palette }: Scene, y: number, near: number): string {
  const size = 26 * (0.7 + near * 0.75);
  const sails = `<path d="M0 ${n(-size * 0.4)}V${n(-size * 3.4)}Q${n(size * 1.5)} ${n(-size * 1.6)} ${n(size * 1.55)} ${n(-size * 0.4)}Z" fill="${palette.light}"/>`;
  const jib = `<path d="M${n(-size * 0.14)} ${n(-size * 0.4)}V${n(-size * 2.7)}Q${n(-size * 0.9)} ${n(-size * 1.1)} ${n(-size)} ${n(-size * 0.4)}Z" fill="${palette.accent(0)}"/>`;
  const hull = `<path d="M${n(-size * 1.3)} ${n(-size * 0.28)}H${n(size * 1.6)}L${n(size * 1.1)} ${n(size * 0.5)}H${n(-size * 0.85)}Z" fill="${palette.ink}"/>`;
  const lean = random.between(-6, 6);
  return `<g transform="translate(${n(width * random.between(0.15, 0.85))} ${n(y)}) rotate(${n(lean)})">${sails}${jib}${hull}</g>`;
}
