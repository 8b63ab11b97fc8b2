import { render } from 'preact';
import * as z from 'zod/mini';
import { createApp } from './app.ts';
import { figmaPort } from './bridge.ts';
import { wait } from './clock.ts';
import { drawMask } from './pixels/draw-mask.ts';
import { measurePicture } from './pixels/measure-picture.ts';
import { randomId } from './random-id.ts';
import { keepFocus } from './views/keep-focus.ts';
import { Panel } from './views/panel.tsx';

// Figma's content security policy forbids `eval`, which zod would otherwise try at each first parse.
z.config({ jitless: true });

const app = createApp({
  brokerUrl: __BROKER_URL__,
  port: figmaPort(window),
  fetch: window.fetch.bind(window),
  wait,
  now: Date.now,
  randomId,
  objectUrls: {
    create: (bytes, type) => URL.createObjectURL(new Blob([bytes], { type })),
    revoke: (url) => URL.revokeObjectURL(url),
  },
  pixels: { measure: measurePicture, drawMask },
  complain(what, detail) {
    // biome-ignore lint/suspicious/noConsole: only a developer can do something about it
    if (__DEVELOPMENT__) console.error(`Inkpot ignored ${what}`, detail);
  },
});

window.addEventListener('focus', app.focus);
window.addEventListener('online', app.online);
keepFocus();
app.start();
render(<Panel app={app} />, document.body);
