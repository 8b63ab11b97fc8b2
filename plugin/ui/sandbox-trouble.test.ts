import { beforeEach, describe, expect, test } from 'vitest';
import type { ToMain } from '../../shared/bridge/to-main.ts';
import type { ToUi } from '../../shared/bridge/to-ui.ts';
import { type App, createApp } from './app.ts';

// The panel's end of Figma's channel, with a sandbox at the other end that is in trouble.

let heard: ToMain[];
let tell: (message: ToUi) => void;
/** Lets the time pass that the panel waits for. */
let elapse: () => void;
let asked: number[];

const start: ToUi = {
  type: 'start',
  documentId: 'doc_1',
  session: null,
  preferences: null,
  selection: { count: 0, node: null, receipt: null },
  placements: [],
  outbox: [],
  aside: false,
  reuse: null,
};

beforeEach(() => {
  heard = [];
  asked = [];
});

function open(): App {
  const app = createApp({
    brokerUrl: 'http://localhost:1',
    port: {
      post: (message) => void heard.push(message),
      listen: (receive) => {
        tell = receive;
      },
    },
    fetch,
    now: () => 0,
    randomId: () => 'random',
    wait: (ms, stop) => {
      asked.push(ms);
      return new Promise((resolve, reject) => {
        elapse = resolve;
        stop?.addEventListener('abort', () => reject(stop.reason));
      });
    },
    pixels: { measure: async () => ({ width: 1, height: 1 }), drawMask: async ({ bytes }) => bytes },
    objectUrls: { create: () => '', revoke: () => undefined },
    complain: () => undefined,
  });
  app.start();
  return app;
}

const knocks = () => heard.filter(({ type }) => type === 'ready').length;

describe('a sandbox that does not greet the panel', () => {
  test('is waited for some seconds, and then said to be silent, with what to do', async () => {
    const app = open();
    expect(app.trouble.value).toBeNull();
    expect(asked).toEqual([8_000]);
    elapse();
    await expect.poll(() => app.trouble.value).toMatch(/has not answered.*close the plugin and run it again/);
  });

  test('that greets late after all is as good as one in time', async () => {
    const app = open();
    elapse();
    await expect.poll(() => app.trouble.value).not.toBeNull();
    tell(start);
    expect(app.trouble.value).toBeNull();
    expect(app.session.state.value.step).toBe('signed-out');
  });

  test('that greeted in time is not said to be silent later', async () => {
    const app = open();
    tell(start);
    elapse();
    await Promise.resolve();
    expect(app.trouble.value).toBeNull();
  });

  test('that says it could not is told at once, and can be asked again', () => {
    const app = open();
    tell({ type: 'failed', what: 'ready' });
    expect(app.trouble.value).toMatch(/stopped the plugin.*run it again/);
    app.knock();
    expect(app.trouble.value).toBeNull();
    expect(knocks()).toBe(2);
  });
});

test('a sandbox that cannot read the sign-in leaves no panel that loads for ever', async () => {
  const app = open();
  tell({ ...start, session: { broker: 'http://localhost:1', refreshToken: 'r1' } });
  await expect.poll(() => heard.some(({ type }) => type === 'read-session')).toBe(true);
  tell({ type: 'failed', what: 'read-session' });
  await expect.poll(() => app.loading.value.step).toBe('failed');
  expect(app.loading.value).toMatchObject({ words: expect.stringContaining('Close it and open it again') });
});

test('a sandbox that can no longer say what the document waits for has the panel say it', () => {
  open();
  tell(start);
  tell({ type: 'failed', what: 'ready' });
  expect(heard.at(-1)).toMatchObject({ type: 'notify', message: expect.stringContaining('waits for') });
});
