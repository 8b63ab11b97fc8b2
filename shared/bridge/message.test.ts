import { expect, test } from 'vitest';
import { parseMessage } from './message.ts';
import { ToMain } from './to-main.ts';
import { ToUi } from './to-ui.ts';

test('a message comes through with its type and what its schema names', () => {
  const message = { type: 'confirm', ticket: 't1', generationId: 'g1' };
  expect(parseMessage(ToMain, { ...message, extra: true })).toEqual(message);
});

test('bytes cross as they are, and only as Uint8Array', () => {
  const place = {
    type: 'place',
    ticket: 't1',
    index: 0,
    bytes: new Uint8Array([1, 2]),
    video: null,
    width: 1,
    height: 1,
    prompt: 'p',
    relaunch: 'r',
    receipt: '{}',
  };
  expect(parseMessage(ToMain, place)).toEqual(place);
  expect(parseMessage(ToMain, { ...place, bytes: [1, 2] })).toBeNull();
});

test('what is not a message of this direction is nothing', () => {
  for (const raw of [null, undefined, 5, 'ready', [], {}, { type: 5 }, { type: 'selection' }, { type: 'toString' }]) {
    expect(parseMessage(ToMain, raw), JSON.stringify(raw)).toBeNull();
  }
});

test('a message with a wrong field is nothing', () => {
  expect(parseMessage(ToUi, { type: 'placed', ticket: 't', index: 0, outcome: 'lost', message: null })).toBeNull();
  expect(parseMessage(ToUi, { type: 'placed', ticket: 't', index: 0, outcome: 'moved', message: null })).not.toBeNull();
});
