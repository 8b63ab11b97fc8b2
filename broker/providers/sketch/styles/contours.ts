import { curve, n, type Point, type Scene } from '../scene.ts';

/** Sheets of paper with holes, one over the other, each with its shadow: the depth of an invisible landscape. */
export function contours({ width, height, random, noise, palette, detail }: Scene): string {
  const parts = [`<rect width="${n(width)}" height="${n(height)}" fill="${palette.ramp(palette.dark ? 1 : 0.95)}"/>`];
  const [cx, cy] = [width * random.between(0.35, 0.65), height * random.between(0.35, 0.65)];
  const sheets = Math.round(random.between(8, 11) * (0.6 + 0.4 * detail));
  const [wobble, lobes] = [random.between(0.25, 0.5), random.between(0.9, 1.7)];
  parts.push(drawHeart({ random, palette, detail }, cx, cy));
  for (let sheet = 0; sheet < sheets; sheet += 1) {
    const depth = sheet / (sheets - 1);
    const reach = 120 + (Math.hypot(width, height) * 0.56 - 120) * depth ** 1.15;
    const hole: Point[] = [];
    for (let angle = 0; angle < Math.PI * 2; angle += Math.PI / 30) {
      const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
      const bump =
        noise(dx * lobes + 7, dy * lobes + sheet * 0.16) * wobble + noise(dx * 3.4, dy * 3.4 + sheet * 0.3) * 0.09;
      hole.push([
        cx + dx * reach * (1 + bump) * Math.max(1, width / height) ** 0.5,
        cy + dy * reach * (1 + bump) * Math.max(1, height / width) ** 0.5,
      ]);
    }
    const frame = `M-40 -40H${n(width + 40)}V${n(height + 40)}H-40Z${curve(hole, true)}`;
    const tone = palette.dark ? 0.82 - 0.8 * depth : 0.78 - 0.76 * depth;
    for (const [shift, opacity] of [
      [16, 0.07],
      [10, 0.09],
      [5, 0.12],
    ]) {
      parts.push(
        `<path d="${frame}" fill-rule="evenodd" fill="${palette.ink}" fill-opacity="${opacity ?? 0}" transform="translate(${shift ?? 0} ${(shift ?? 0) * 1.3})"/>`,
      );
    }
    const isAccent = sheet > 0 && random.chance(0.16);
    parts.push(
      `<path d="${frame}" fill-rule="evenodd" fill="${isAccent ? palette.accent(sheet) : palette.ramp(tone)}"/>`,
    );
  }
  return parts.join('');
}

/** What lies in the innermost hole. */
function drawHeart(
  { random, palette, detail }: Pick<Scene, 'random' | 'palette' | 'detail'>,
  x: number,
  y: number,
): string {
  const rings = Math.round(7 + 5 * detail);
  const circles = Array.from({ length: rings }, (_, ring) => {
    const radius = 360 * (1 - ring / rings);
    const colour = ring % 2 === 0 ? palette.accent(0) : palette.light;
    return `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="${colour}" fill-opacity="${n(random.between(0.75, 1))}"/>`;
  });
  return circles.join('');
}
