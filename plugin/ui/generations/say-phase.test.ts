import { expect, test } from 'vitest';
import { sayJob } from './say-phase.ts';

const job = { phase: 'running', progress: 0.47, cancelling: false, away: false } as const;

test('a row says no more than is known', () => {
  expect(sayJob({ ...job, phase: 'sending' })).toBe('Sending…');
  expect(sayJob({ ...job, phase: 'queued' })).toBe('Queued…');
  expect(sayJob(job)).toBe('Drawing… 40%');
  expect(sayJob({ ...job, away: true })).toBe('No connection right now. The picture still lands.');
  expect(sayJob({ ...job, away: true, cancelling: true })).toBe('Cancelling…');
});
