import type { Theme } from '../window/theme-tokens.ts';

const KEY = 'playground-theme';

/** The theme last chosen at this browser, else the system's. */
export function readTheme(page: Window): Theme {
  const stored = page.localStorage.getItem(KEY);
  if (stored === 'light' || stored === 'dark') return stored;
  return page.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function keepTheme(page: Window, theme: Theme): void {
  page.localStorage.setItem(KEY, theme);
}
