import type { Pixels } from '../../../shared/catalogue/size.ts';
import { createPalette } from './palette.ts';
import { createNoise, createRandom } from './random.ts';
import { n, type Style } from './scene.ts';
import { blooms } from './styles/blooms.ts';
import { city } from './styles/city.ts';
import { contours } from './styles/contours.ts';
import { cosmos } from './styles/cosmos.ts';
import { flow } from './styles/flow.ts';
import { mountains } from './styles/mountains.ts';
import { tiles } from './styles/tiles.ts';
import { waves } from './styles/waves.ts';

/** Which words call for which style. */
const SUBJECTS: readonly [style: Style, words: string][] = [
  [city, 'city cities town street building buildings skyline architecture house houses tower office urban night-life'],
  [waves, 'sea ocean wave waves water beach coast island lake river sail boat ship lighthouse fish surf'],
  [
    mountains,
    'mountain mountains hill hills landscape valley forest wood woods tree trees desert dune dunes canyon sunset sunrise nature alps snow winter',
  ],
  [
    blooms,
    'flower flowers floral bloom blooms garden rose roses tulip leaf leaves plant plants spring bouquet botanical wedding',
  ],
  [cosmos, 'space star stars planet planets galaxy cosmos moon orbit rocket universe astronaut nebula alien'],
  [tiles, 'grid pattern geometric poster bauhaus tile tiles mosaic logo icon shapes retro quilt typography'],
  [flow, 'wind flow smoke fire paint painting brush hair dance music movement portrait dragon energy fabric van gogh'],
  [contours, 'abstract paper layers map topographic cave depth minimal minimalist organic background texture'],
];

const STYLES = SUBJECTS.map(([style]) => style) as [Style, ...Style[]];

/** The largest sheet, in square units: a narrow strip is drawn coarser, so that no document grows without bound. */
const MAX_SHEET = 3_000_000;

/** One picture to draw. */
export interface Drawing extends Pixels {
  readonly prompt: string;
  /** The prompt, the seed and the shape decide the picture; the size only how large it is. */
  readonly seed: number;
  /** How much to draw: 1 is normal. */
  readonly detail: number;
}

/** Draws a picture as an SVG document of the asked size. No word of the prompt gets into the document. */
export function compose({ prompt, seed, width, height, detail }: Drawing): string {
  const words = prompt.toLowerCase().match(/\p{L}+/gu) ?? [];
  const random = createRandom(`${prompt}\n${seed}`);
  const palette = createPalette(words, random);
  const style = styleFor(words) ?? random.pick(STYLES);
  const unit = Math.max(Math.min(width, height) / 1_000, Math.sqrt((width * height) / MAX_SHEET));
  const sheet = { width: width / unit, height: height / unit };
  const body = style({ ...sheet, random, noise: createNoise(random), palette, detail });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${n(sheet.width)} ${n(sheet.height)}" preserveAspectRatio="none">${body}</svg>`;
}

/** The style of the first word that names a subject. */
function styleFor(words: readonly string[]): Style | undefined {
  for (const word of words) {
    const subject = SUBJECTS.find(([, list]) => list.split(' ').includes(word));
    if (subject) return subject[0];
  }
  return undefined;
}
