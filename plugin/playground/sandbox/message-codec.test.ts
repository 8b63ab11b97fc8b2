import { expect, test } from 'vitest';
import { createTestHost } from '../fixtures/test-host.ts';
import { copyMessage } from './message-codec.ts';

test('a message is a copy of plain data, dates and bytes', () => {
  const sent = { a: [1, 'b', true, null, undefined], when: new Date(7), bytes: new Uint8Array([1, 2]) };
  const copy = copyMessage(sent) as typeof sent;
  expect(copy).toEqual(sent);
  sent.bytes[0] = 9;
  sent.a.push('later');
  expect(copy.bytes[0]).toBe(1);
  expect(copy.a).toHaveLength(5);
});

test('prototypes are dropped', () => {
  class Receipt {
    readonly credits = 3;
    print(): string {
      return String(this.credits);
    }
  }
  const copy = copyMessage(new Receipt()) as object;
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  expect(copy).toEqual({ credits: 3 });
});

test.each([
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['a bigint', 1n],
  ['an ArrayBuffer', new ArrayBuffer(1)],
  ['another typed array', new Float32Array(1)],
  ['a Blob', new Blob([])],
  ['a Map', new Map()],
  ['an Error', new Error('x')],
])('%s cannot be sent, and the error says where it was', (_name, value) => {
  expect(() => copyMessage({ job: [value] })).toThrow('at message.job[0]');
});

test('a circular structure cannot be sent', () => {
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  expect(() => copyMessage(loop)).toThrow('a circular structure');
});

test('main throws where it posts what may not be sent', async () => {
  const host = createTestHost();
  const printed = await host.run(`
    figma.showUI(__html__);
    for (const value of [() => 1, new Map(), new ArrayBuffer(2), new Uint16Array(2), figma.currentPage, 1n, Symbol('s')]) {
      try { figma.ui.postMessage({ value }); console.log('sent') } catch (error) { console.log(error.message) }
    }
    figma.ui.postMessage({ bytes: new Uint8Array([5]), when: new Date(3), none: undefined });
  `);
  expect(printed).toHaveLength(7);
  for (const message of printed) expect(message).toMatch(/^in postMessage: Cannot send .* \(at message\.value\)$/);
  expect(host.windows[0]?.posted).toEqual([
    { message: { bytes: new Uint8Array([5]), when: new Date(3), none: undefined }, origin: '*' },
  ]);
});

test('main hears messages by onmessage, on, once and off, with the origin they came from', async () => {
  const host = createTestHost();
  await host.run(`
    figma.showUI(__html__);
    const gone = () => console.log('gone');
    figma.ui.onmessage = (message, { origin }) => console.log(['onmessage', message.n, origin]);
    figma.ui.on('message', (message) => console.log(['on', message.n]));
    figma.ui.once('message', (message) => console.log(['once', message.n]));
    figma.ui.on('message', gone);
    figma.ui.off('message', gone);
  `);
  host.windows[0]?.events.onMessage({ n: 1 }, 'null');
  host.windows[0]?.events.onMessage({ n: 2 }, 'null');
  expect(host.printed).toEqual([
    ['onmessage', 1, 'null'],
    ['on', 1],
    ['once', 1],
    ['onmessage', 2, 'null'],
    ['on', 2],
  ]);
});
