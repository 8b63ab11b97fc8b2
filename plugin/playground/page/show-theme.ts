import { effect, type Signal } from '@preact/signals';
import { keepTheme } from '../storage/preferences.ts';
import { type Theme, themeStyle } from '../window/theme-tokens.ts';

/** Keeps the page itself in the chosen theme; FigJam knows light only. */
export function showTheme(page: Window, theme: Signal<Theme>, isFigJam: boolean): void {
  const style = page.document.head.appendChild(page.document.createElement('style'));
  effect(() => {
    page.document.documentElement.dataset.theme = isFigJam ? 'light' : theme.value;
    style.textContent = themeStyle(theme.value, isFigJam);
    keepTheme(page, theme.value);
  });
}
