import { expect, test } from 'vitest';
import { parseSentinelUrl } from './sentinel-url.ts';

test('sentinels, their master and the login of its servers are read', () => {
  expect(parseSentinelUrl('redis+sentinel://a:26380,b,[::1]:26381/inkpot')).toEqual({
    master: 'inkpot',
    sentinels: [
      { host: 'a', port: 26_380 },
      { host: 'b', port: 26_379 },
      { host: '[::1]', port: 26_381 },
    ],
    prefix: 'redis://',
  });
  expect(parseSentinelUrl('rediss+sentinel://user:pass%40@a:1/m')).toMatchObject({ prefix: 'rediss://user:pass%40@' });
});

test.each([
  'redis://a:6379',
  'redis+sentinel://a:26379',
  'redis+sentinel:///m',
  'redis+sentinel://a:99999/m',
  'redis+sentinel://a,,b/m',
])('%s is none', (url) => {
  expect(parseSentinelUrl(url)).toBeNull();
});
