import { expect, test } from 'vitest';
import { InkpotError } from '../../shared/errors.ts';
import { sayError } from './say-error.ts';

test('an error is told with what caused it', () => {
  const cause = new RangeError('5 is not an amount that may be moved', { cause: 'a slip' });
  expect(sayError(new InkpotError('internal', { cause }))).toBe(
    'Something went wrong on our side\n  because: 5 is not an amount that may be moved\n  because: a slip',
  );
  expect(sayError(new InkpotError('not_found', { detail: 'There is no pool p' }))).toBe('There is no pool p');
  expect(sayError(new Error('', { cause: new Error('') })), 'nothing twice').toBe('Error');
  expect(sayError('odd')).toBe('odd');
});
