import { expect, test } from 'vitest';
import { createProviders, operatorHosts } from './registry.ts';

test('a provider is there when it is configured', () => {
  expect([...createProviders({ sketch: true, hosted: {} }).keys()]).toEqual(['sketch']);
  expect([...createProviders({ sketch: false, hosted: { fal: { key: 'k' } } }).keys()]).toEqual(['fal']);
  expect([...createProviders({ sketch: true, hosted: { fal: { key: 'k' } } }).keys()]).toEqual(['sketch', 'fal']);
});

test('only the provider that costs nothing may be asked twice', () => {
  const providers = createProviders({ sketch: true, hosted: { fal: { key: 'k' } } });
  expect(providers.get('sketch')?.submitIsRepeatable).toBe(true);
  expect(providers.get('fal')?.submitIsRepeatable).toBe(false);
});

test('the host that the operator has put in the place of a provider is trusted, and no other', () => {
  expect(operatorHosts({ hosted: {} })).toEqual(new Set());
  expect(operatorHosts({ hosted: { fal: { key: 'k' } } })).toEqual(new Set());
  const fal = { key: 'k', baseUrl: 'http://127.0.0.1:9000/fal' };
  expect(operatorHosts({ hosted: { fal } })).toEqual(new Set(['127.0.0.1:9000']));
});

test('a server of the operator’s own is there when its address is, and may be at a private one', () => {
  const selfHosted = {
    'openai-compatible': { baseUrl: 'http://10.0.0.7:8080/v1' },
    a1111: { baseUrl: 'http://10.0.0.7:7860' },
    comfyui: { baseUrl: 'http://comfy.internal' },
  };
  expect([...createProviders({ sketch: false, hosted: {}, selfHosted }).keys()]).toEqual(Object.keys(selfHosted));
  expect(operatorHosts({ hosted: {}, selfHosted })).toEqual(
    new Set(['10.0.0.7:8080', '10.0.0.7:7860', 'comfy.internal']),
  );
});
