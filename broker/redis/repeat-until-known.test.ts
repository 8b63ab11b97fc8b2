import { ErrorReply } from 'redis';
import { expect, test, vi } from 'vitest';
import { InkpotError } from '../../shared/errors.ts';
import { repeatUntilKnown } from './repeat-until-known.ts';

/** A call that fails with each error in turn, and then answers. */
function failing(...errors: Error[]) {
  return vi.fn(async () => {
    const error = errors.shift();
    if (error) throw error;
    return 'answer';
  });
}

test('a lost answer is asked for again', async () => {
  const call = failing(new Error('Socket closed unexpectedly'), new Error('The client is offline'));
  expect(await repeatUntilKnown(call)).toBe('answer');
  expect(call).toHaveBeenCalledTimes(3);
});

test('after three repeats the caller is told to come back', async () => {
  const call = failing(...Array.from({ length: 10 }, () => new Error('lost')));
  await expect(repeatUntilKnown(call)).rejects.toMatchObject({
    code: 'broker_busy',
    details: { retryAfterSeconds: 2 },
  });
  expect(call).toHaveBeenCalledTimes(4);
});

test.each([
  'LOADING Redis is loading the dataset in memory',
  'READONLY You cannot write against a read only replica.',
  'CLUSTERDOWN The cluster is down',
  'TRYAGAIN Multiple keys request during rehashing of slot',
  'ASK 3999 127.0.0.1:7001',
  'MOVED 3999 127.0.0.1:7001',
])('a server that says “%s” has not carried it out, and is asked again', async (message) => {
  const call = failing(new ErrorReply(message));
  expect(await repeatUntilKnown(call)).toBe('answer');
});

test.each(["OOM command not allowed when used memory > 'maxmemory'.", 'MISCONF Errors writing to the AOF file'])(
  'a server that says “%s” will not soon, and is not asked again',
  async (message) => {
    const call = failing(new ErrorReply(message));
    await expect(repeatUntilKnown(call)).rejects.toMatchObject({ code: 'broker_busy' });
    expect(call).toHaveBeenCalledTimes(1);
  },
);

test('a script that fails would fail again: it is reported at once', async () => {
  const call = failing(new ErrorReply('WRONGTYPE Operation against a key holding the wrong kind of value'));
  await expect(repeatUntilKnown(call)).rejects.toMatchObject({ code: 'internal' });
  expect(call).toHaveBeenCalledTimes(1);
});

test('an error of our own passes through', async () => {
  const error = new InkpotError('not_found');
  await expect(repeatUntilKnown(failing(error))).rejects.toBe(error);
});
