/** Figma's theme tokens: the part of the name after `--figma-color-`, then its value in light and in dark. */

type Row = readonly [name: string, light: string, dark: string];

const black = (opacity: number): string => (opacity === 1 ? '#000000' : `rgba(0, 0, 0, ${opacity})`);
const white = (opacity: number): string => (opacity === 1 ? '#ffffff' : `rgba(255, 255, 255, ${opacity})`);

interface Hue {
  readonly name: string;
  /** Base, hover, secondary, tertiary fills. */
  readonly fill: readonly [light: readonly string[], dark: readonly string[]];
  /** Weak and strong border. */
  readonly line: readonly [light: readonly string[], dark: readonly string[]];
  /** Base, pressed, secondary, tertiary ink. */
  readonly text: readonly [light: readonly string[], dark: readonly string[]];
  readonly icon: readonly [light: readonly string[], dark: readonly string[]];
  /** Ink on top of the base fill. */
  readonly ink: 'light' | 'dark';
}

const BLUE: Hue = {
  name: 'brand',
  fill: [
    ['#0d99ff', '#007be5', '#0768cf', '#e5f4ff'],
    ['#0c8ce9', '#0a6dc2', '#105cad', '#394360'],
  ],
  line: [
    ['#bde3ff', '#007be5'],
    ['#105cad', '#7cc4f8'],
  ],
  text: [
    ['#007be5', '#0768cf', '#007be5', '#007be5'],
    ['#7cc4f8', '#7cc4f8', '#7cc4f8', '#7cc4f8'],
  ],
  icon: [
    ['#007be5', '#0768cf', '#80caff', '#bde3ff'],
    ['#7cc4f8', '#0c8ce9', '#536383', '#394360'],
  ],
  ink: 'light',
};

const PURPLE: Hue = {
  name: 'component',
  fill: [
    ['#9747ff', '#8638e5', '#7c2bda', '#f1e5ff'],
    ['#8a38f5', '#7a2ed6', '#652ca8', '#473956'],
  ],
  line: [
    ['#e4ccff', '#8638e5'],
    ['#652ca8', '#d6b6fb'],
  ],
  text: [
    ['#8638e5', '#7c2bda', '#c5b2dc', '#c5b2dc'],
    ['#d1a8ff', '#d6b6fb', '#6b5884', '#6b5884'],
  ],
  icon: [
    ['#8638e5', '#7c2bda', '#c5b2dc', '#c5b2dc'],
    ['#d1a8ff', '#d6b6fb', '#6b5884', '#6b5884'],
  ],
  ink: 'light',
};

const RED: Hue = {
  name: 'danger',
  fill: [
    ['#f24822', '#dc3412', '#bd2915', '#ffe2e0'],
    ['#e03e1a', '#c4381c', '#963323', '#7c2622'],
  ],
  line: [
    ['#ffc7c2', '#dc3412'],
    ['#963323', '#fca397'],
  ],
  text: [
    ['#dc3412', '#bd2915', '#dc3412', '#dc3412'],
    ['#fca397', '#fbbcb6', '#fca397', '#fca397'],
  ],
  icon: [
    ['#f24822', '#bd2915', '#f24822', '#f24822'],
    ['#e03e1a', '#fbbcb6', '#e03e1a', '#e03e1a'],
  ],
  ink: 'light',
};

const GREEN: Hue = {
  name: 'success',
  fill: [
    ['#14ae5c', '#009951', '#008043', '#cff7d3'],
    ['#198f51', '#078348', '#0a5c35', '#0a4c2d'],
  ],
  line: [
    ['#aff4c6', '#009951'],
    ['#0a5c35', '#79d297'],
  ],
  text: [
    ['#009951', '#008043', '#009951', '#009951'],
    ['#79d297', '#a1e8b9', '#79d297', '#79d297'],
  ],
  icon: [
    ['#14ae5c', '#008043', '#14ae5c', '#14ae5c'],
    ['#198f51', '#a1e8b9', '#198f51', '#198f51'],
  ],
  ink: 'light',
};

const YELLOW: Hue = {
  name: 'warning',
  fill: [
    ['#ffcd29', '#ffc21a', '#fab815', '#fff1c2'],
    ['#f3c11b', '#f2b50d', '#e4a711', '#c58011'],
  ],
  line: [
    ['#ffe8a3', '#b86200'],
    ['#925711', '#f7d15f'],
  ],
  text: [
    ['#b86200', '#b86200', '#b86200', '#b86200'],
    ['#f7d15f', '#f7d15f', '#f7d15f', '#f7d15f'],
  ],
  icon: [
    ['#ffcd29', '#b86200', '#ffcd29', '#ffcd29'],
    ['#f3c11b', '#f7d15f', '#f3c11b', '#f3c11b'],
  ],
  ink: 'dark',
};

const FILL_STEPS = ['', '-hover', '-secondary', '-tertiary'] as const;
const INK_STEPS = ['', '-pressed', '-secondary', '-tertiary'] as const;

/** All tokens of one hue: fills, borders, ink in it, ink on it. */
function hueRows({ name, fill, line, text, icon, ink }: Hue): readonly Row[] {
  const pick = (pair: readonly [readonly string[], readonly string[]], index: number): [string, string] => [
    pair[0][index] ?? '',
    pair[1][index] ?? '',
  ];
  const on = ink === 'light' ? [white(1), white(0.8), white(0.4)] : [black(0.9), black(0.5), black(0.3)];
  const steps = ['', '-secondary', '-tertiary'];
  return [
    ...FILL_STEPS.map((step, index): Row => [`bg-${name}${step}`, ...pick(fill, index)]),
    [`bg-${name}-pressed`, ...pick(fill, 1)],
    [`border-${name}`, ...pick(line, 0)],
    [`border-${name}-strong`, ...pick(line, 1)],
    [`border-on${name}`, ...pick(fill, ink === 'light' ? 1 : 2)],
    [`border-on${name}-strong`, on[0] ?? '', on[0] ?? ''],
    ...INK_STEPS.map((step, index): Row => [`text-${name}${step}`, ...pick(text, index)]),
    ...INK_STEPS.map((step, index): Row => [`icon-${name}${step}`, ...pick(icon, index)]),
    ...steps.flatMap((step, index): Row[] =>
      ['text', 'icon'].map((role) => [`${role}-on${name}${step}`, on[index] ?? '', on[index] ?? '']),
    ),
  ];
}

const NEUTRAL: readonly Row[] = [
  ['bg', white(1), '#2c2c2c'],
  ['bg-secondary', '#f5f5f5', '#383838'],
  ['bg-tertiary', '#e6e6e6', '#444444'],
  ['bg-hover', '#f5f5f5', '#383838'],
  ['bg-pressed', '#f5f5f5', '#383838'],
  ['bg-inverse', '#2c2c2c', white(1)],
  ['bg-disabled', '#d9d9d9', '#757575'],
  ['bg-disabled-secondary', '#b3b3b3', '#b3b3b3'],
  ['border', '#e6e6e6', '#444444'],
  ['border-strong', '#2c2c2c', white(0.9)],
  ['border-disabled', '#e6e6e6', '#444444'],
  ['border-disabled-strong', black(0.3), white(0.4)],
  ['border-component-hover', '#9747ff', '#8a38f5'],
];

/** Ink by prominence; the same for text and icons but for the second step's hover. */
const INK: readonly Row[] = ['text', 'icon'].flatMap((role): Row[] => [
  [role, black(0.9), white(1)],
  [`${role}-hover`, black(0.9), white(1)],
  [`${role}-secondary`, black(0.5), white(0.7)],
  [`${role}-secondary-hover`, black(0.9), white(1)],
  [`${role}-tertiary`, black(0.3), white(0.4)],
  [`${role}-tertiary-hover`, black(0.9), white(1)],
  [`${role}-disabled`, black(0.3), white(0.4)],
  [`${role}-ondisabled`, white(1), '#2c2c2c'],
  [`${role}-oninverse`, white(0.9), black(0.9)],
  [`${role}-selected`, '#007be5', '#7cc4f8'],
  [`${role}-selected-secondary`, '#007be5', '#7cc4f8'],
  [`${role}-selected-tertiary`, '#007be5', '#7cc4f8'],
  [`${role}-onselected`, black(0.9), white(1)],
  [`${role}-onselected-secondary`, black(0.5), white(0.7)],
  [`${role}-onselected-tertiary`, black(0.3), white(0.4)],
  [`${role}-onselected-strong`, white(1), white(1)],
]);

const SELECTED: readonly Row[] = [
  ['icon-pressed', '#007be5', '#0a6dc2'],
  ['icon-danger-hover', '#bd2915', '#fbbcb6'],
  ['icon-danger-secondary-hover', '#f24822', '#e03e1a'],
  ['bg-selected', '#e5f4ff', '#4a5878'],
  ['bg-selected-hover', '#bde3ff', '#536383'],
  ['bg-selected-pressed', '#bde3ff', '#536383'],
  ['bg-selected-secondary', '#f2f9ff', '#394360'],
  ['bg-selected-tertiary', '#f2f9ff', '#394360'],
  ['bg-selected-strong', '#0d99ff', '#0c8ce9'],
  ['bg-onselected', '#bde3ff', '#667799'],
  ['bg-onselected-hover', '#bde3ff', '#667799'],
  ['bg-onselected-pressed', '#bde3ff', '#667799'],
  ['border-selected', '#0d99ff', '#0c8ce9'],
  ['border-selected-strong', '#007be5', '#7cc4f8'],
  ['border-onselected', '#bde3ff', '#667799'],
  ['border-onselected-strong', black(0.9), white(0.9)],
];

const HUES = [BLUE, PURPLE, RED, GREEN, YELLOW];

export type Theme = 'light' | 'dark';

/** Token names to values. FigJam is always light and has purple for its brand (assumption `figjam-theme`). */
export function themeTokens(theme: Theme, isFigJam: boolean): ReadonlyMap<string, string> {
  const hues = isFigJam ? [{ ...PURPLE, name: 'brand' }, ...HUES.slice(1)] : HUES;
  const rows = [...NEUTRAL, ...INK, ...SELECTED, ...hues.flatMap(hueRows)];
  return new Map(rows.map(([name, light, dark]) => [name, theme === 'light' || isFigJam ? light : dark]));
}

/** The rules of `<style id="figma-style">`. */
export function themeStyle(theme: Theme, isFigJam: boolean): string {
  const lines = [...themeTokens(theme, isFigJam)].map(([name, value]) => `  --figma-color-${name}: ${value};`);
  return `:root {\n${lines.join('\n')}\n}`;
}
