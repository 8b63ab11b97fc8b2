import { expect, test } from 'vitest';
import { themeStyle, themeTokens } from './theme-tokens.ts';

test('light and dark have the same tokens, each with a value', () => {
  const [light, dark] = [themeTokens('light', false), themeTokens('dark', false)];
  expect([...dark.keys()]).toEqual([...light.keys()]);
  expect(light.size).toBeGreaterThan(150);
  for (const value of [...light.values(), ...dark.values()]) expect(value).toMatch(/^#[0-9a-f]{6}$|^rgba\(/);
  expect(light.get('bg')).toBe('#ffffff');
  expect(dark.get('bg')).toBe('#2c2c2c');
});

test('every role has a step for every hue', () => {
  const tokens = themeTokens('light', false);
  for (const hue of ['brand', 'component', 'danger', 'success', 'warning']) {
    for (const name of [
      `bg-${hue}`,
      `bg-${hue}-hover`,
      `text-${hue}`,
      `text-on${hue}`,
      `icon-${hue}`,
      `border-${hue}-strong`,
    ]) {
      expect(tokens.has(name), name).toBe(true);
    }
  }
});

test('FigJam is light whatever the theme, with a purple brand', () => {
  expect(themeTokens('dark', true)).toEqual(themeTokens('light', true));
  expect(themeTokens('light', true).get('bg-brand')).toBe('#9747ff');
});

test('the style sheet declares the tokens under their public names', () => {
  expect(themeStyle('dark', false)).toContain('--figma-color-text: #ffffff;');
});
