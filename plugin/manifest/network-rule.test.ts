import { expect, test } from 'vitest';
import { isUrlAllowed } from './network-rule.ts';

test.each([
  ['https://a.example/x', 'https://a.example', true],
  ['http://a.example/x', 'https://a.example', false],
  ['https://b.a.example/', 'https://*.a.example', true],
  ['https://a.example/', 'https://*.a.example', false],
  ['https://a.example/get/x', 'https://a.example/get', false],
  ['https://a.example/get/x', 'https://a.example/get/', true],
  ['http://localhost:8787/v1', 'http://localhost:8787', true],
  ['http://localhost:9000/v1', 'http://localhost:8787', false],
  ['not a url', 'https://a.example', false],
])('main may fetch %s under %s: %s', (url, pattern, isAllowed) => {
  expect(isUrlAllowed(url, [pattern])).toBe(isAllowed);
});
