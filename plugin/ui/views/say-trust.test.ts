import { expect, test } from 'vitest';
import type { TrustWindow } from '../../../shared/api/models.ts';
import { FAKE_MODELS } from '../../fake-broker/models.ts';
import { sayDown, sayTrust } from './say-trust.ts';

const window: TrustWindow = { ended: 40, successRate: 0.987, refundedShare: 0.1, waitP50Ms: 11_600, waitP90Ms: 15_000 };

test.each<[what: string, changes: Partial<TrustWindow>, said: string]>([
  ['usual', {}, '98% delivered · about 12 s'],
  ['one that now and then takes long', { waitP90Ms: 70_000 }, '98% delivered · about 12 s · rarely over 70 s'],
  ['fast', { waitP50Ms: 80, waitP90Ms: 100 }, '98% delivered · about 1 s'],
  ['slow', { waitP50Ms: 130_000, waitP90Ms: 150_000 }, '98% delivered · about 2 min'],
  ['refusing', { successRate: null, waitP50Ms: null, waitP90Ms: null }, 'Refuses most prompts'],
])('a model that is %s says so', (_what, changes, said) => {
  expect(sayTrust({ trust: { hour: { ...window, ...changes }, day: null } })).toBe(said);
});

test('the last hour counts before the day, and without either nothing is said', () => {
  const day = { ...window, successRate: 0.5 };
  expect(sayTrust({ trust: { hour: null, day } })).toBe('50% delivered · about 12 s');
  expect(sayTrust({ trust: { hour: window, day } })).toBe('98% delivered · about 12 s');
  expect(sayTrust({ trust: { hour: null, day: null } })).toBe('');
});

test('a model that fails at the moment names the one that comes nearest', () => {
  expect(sayDown({ instead: 'lumen-2' }, FAKE_MODELS)).toBe('Not delivering right now: try Lumen 2.');
  expect(sayDown({ instead: null }, FAKE_MODELS)).toBe('Not delivering right now.');
});
