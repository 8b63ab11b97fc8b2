import { expect, test } from 'vitest';
import { codeIdOf, newCode, readCode } from './code-text.ts';

test('a code is four groups of five symbols that nobody can mistake, and no two are alike', () => {
  const codes = Array.from({ length: 1_000 }, newCode);
  for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
  expect(new Set(codes).size).toBe(1_000);
});

test('every symbol is drawn, about equally often', () => {
  const drawn = Array.from({ length: 2_000 }, () => newCode().replaceAll('-', '').slice(0, 18)).join('');
  const counts = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'].map((symbol) => drawn.split(symbol).length - 1);
  // 36,000 draws, 1,125 of each expected: 250 off is more than seven standard deviations.
  for (const count of counts) expect(Math.abs(count - 1_125)).toBeLessThan(250);
});

test('it is read in small letters, with spaces, long dashes or none, and with letters for digits', () => {
  const code = newCode();
  const symbols = readCode(code);
  expect(symbols).toBe(code.replaceAll('-', ''));
  for (const typed of [
    code.toLowerCase(),
    ` ${code.replaceAll('-', ' ')}\n`,
    code.replaceAll('-', '–'),
    code.replaceAll('-', '').replaceAll('0', 'o').replaceAll('1', 'l'),
  ]) {
    expect(readCode(typed)).toBe(symbols);
  }
});

test('a slip is told as such: of all single ones, all but a few in a thousand', () => {
  const symbols = newCode().replaceAll('-', '');
  let unseen = 0;
  let slips = 0;
  for (let at = 0; at < symbols.length; at++) {
    for (const wrong of '0123456789ABCDEFGHJKMNPQRSTVWXYZ') {
      if (wrong === symbols[at]) continue;
      slips += 1;
      if (readCode(symbols.slice(0, at) + wrong + symbols.slice(at + 1))) unseen += 1;
    }
  }
  expect(slips).toBe(620);
  expect(unseen).toBeLessThan(10);
});

test.each(['', 'x', 'AAAAA-AAAAA-AAAAA-AAAAA', 'UUUUU-UUUUU-UUUUU-UUUUU', `${newCode()}7`, 'é'.repeat(20)])(
  '%j is no code',
  (typed) => {
    expect(readCode(typed)).toBeNull();
  },
);

test('what is kept of a code tells it to nobody, and is the same each time', () => {
  const symbols = readCode(newCode()) ?? '';
  expect(codeIdOf(symbols)).toMatch(/^[0-9a-f]{24}$/);
  expect(codeIdOf(symbols)).toBe(codeIdOf(symbols));
});
