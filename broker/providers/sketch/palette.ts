import { oklch } from './colour.ts';
import type { Random } from './random.ts';

/** The colours of one picture, in harmony with each other. */
export interface Palette {
  readonly dark: boolean;
  /** From the background (0) to what is nearest to the eye (1): lightness, hue and vividness move together. */
  ramp(t: number): string;
  /** A colour that stands out from the ramp; `n` counts through a few of them. */
  accent(n: number): string;
  /** The colour of suns, moons and lamps. */
  readonly glow: string;
  /** The lightest colour: stars, foam, highlights. */
  readonly light: string;
  /** The darkest colour: outlines, shadows. */
  readonly ink: string;
}

/** Hues in OKLCH of colour words, in degrees. */
const HUES = new Map(
  Object.entries({
    red: 27,
    crimson: 20,
    scarlet: 30,
    coral: 35,
    terracotta: 42,
    orange: 58,
    amber: 72,
    gold: 85,
    golden: 85,
    yellow: 100,
    lime: 125,
    green: 145,
    emerald: 160,
    mint: 168,
    teal: 190,
    turquoise: 195,
    cyan: 205,
    sky: 230,
    blue: 258,
    navy: 262,
    indigo: 280,
    violet: 295,
    purple: 305,
    magenta: 335,
    pink: 355,
    rose: 8,
  }),
);

/** What words of mood do to the colours; where a prompt has several, the later of this list prevails: time over place. */
const MOODS = new Map(
  Object.entries<Partial<Scheme>>({
    space: { hue: 285, drift: 60, dark: true, chroma: 0.13 },
    galaxy: { hue: 300, drift: -80, dark: true, chroma: 0.16 },
    ocean: { hue: 235, drift: -45, dark: false, chroma: 0.11 },
    sea: { hue: 225, drift: -35, dark: false, chroma: 0.1 },
    forest: { hue: 150, drift: -30, dark: false, chroma: 0.09 },
    jungle: { hue: 155, drift: -45, dark: true, chroma: 0.12 },
    desert: { hue: 65, drift: -35, dark: false, chroma: 0.1 },
    fire: { hue: 35, drift: 45, dark: true, chroma: 0.18 },
    autumn: { hue: 50, drift: -30, dark: false, chroma: 0.14 },
    winter: { hue: 240, drift: 20, dark: false, chroma: 0.045 },
    snow: { hue: 235, drift: 15, dark: false, chroma: 0.04 },
    ice: { hue: 215, drift: 25, dark: false, chroma: 0.06 },
    spring: { hue: 130, drift: -100, dark: false, chroma: 0.1 },
    dawn: { hue: 20, drift: 60, dark: false, chroma: 0.09 },
    sunrise: { hue: 55, drift: -60, dark: false, chroma: 0.12 },
    sunset: { hue: 305, drift: 105, dark: true, chroma: 0.15 },
    dusk: { hue: 285, drift: 85, dark: true, chroma: 0.11 },
    night: { hue: 265, drift: 35, dark: true, chroma: 0.1 },
    midnight: { hue: 270, drift: 25, dark: true, chroma: 0.11 },
    white: { dark: false, chroma: 0.02 },
    grey: { chroma: 0.012 },
    gray: { chroma: 0.012 },
    black: { dark: true, chroma: 0.012 },
    dark: { dark: true },
    pastel: { dark: false, chroma: 0.06 },
    neon: { dark: true, chroma: 0.22 },
    monochrome: { chroma: 0.008, drift: 0 },
    noir: { dark: true, chroma: 0.012 },
  }),
);

interface Scheme {
  readonly hue: number;
  /** How far the hue turns from the background to the front, in degrees. */
  readonly drift: number;
  readonly chroma: number;
  readonly dark: boolean;
}

/** Chooses colours by the prompt's words, and by chance where they leave it open. */
export function createPalette(words: readonly string[], random: Random): Palette {
  const byChance: Scheme = {
    hue: random.between(0, 360),
    drift: random.between(30, 90) * (random.chance(0.5) ? 1 : -1),
    chroma: random.between(0.07, 0.15),
    dark: random.chance(0.4),
  };
  const moods = [...MOODS].filter(([word]) => words.includes(word)).map(([, mood]) => mood);
  const hues = words.flatMap((word) => HUES.get(word) ?? []);
  const { hue, drift, chroma, dark }: Scheme = Object.assign(byChance, hues.length > 0 && { chroma: 0.13 }, ...moods);
  const [from = hue, second] = hues;
  const turn = hues.length > 0 ? drift * 0.35 : drift;
  const [back, front] = dark ? [0.2, 0.76] : [0.95, 0.32];
  const colour = (t: number) =>
    oklch(back + (front - back) * t, chroma * (0.55 + 0.9 * Math.sin(Math.PI * (0.15 + 0.7 * t))), from + turn * t);
  // A second colour word stands against the first; otherwise what lies opposite on the wheel does.
  const opposite = second ?? from + turn / 2 + 180;
  const accents = [opposite, opposite - 32, opposite + 32, from + turn + 100];
  return {
    dark,
    ramp: (t) => colour(Math.min(1, Math.max(0, t))),
    accent: (n) => oklch(dark ? 0.78 : 0.68, Math.min(0.19, chroma * 1.35), accents[n % accents.length] ?? opposite),
    glow: oklch(0.86, Math.min(0.12, chroma * 1.2), second ?? 72),
    light: oklch(0.975, Math.min(0.03, chroma * 0.3), from + 40),
    ink: oklch(0.17, Math.min(0.05, chroma * 0.5), from + turn),
  };
}
