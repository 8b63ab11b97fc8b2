import { h, render } from 'preact';
import { createAssetUrls } from './canvas/asset-urls.ts';
import { createTextMeasure } from './canvas/measure-text.ts';
import { createEditor } from './document/editor.ts';
import { App } from './page/app.tsx';
import { createBrowserServices, startTimer } from './page/browser-services.ts';
import { print } from './page/host-console.ts';
import { loadPlugin } from './page/plugin-files.ts';
import { readQuery } from './page/query.ts';
import { createRunner } from './page/runner.ts';
import { showTheme } from './page/show-theme.ts';
import { createPageState } from './page/state.ts';
import { createToastRack } from './page/toast-rack.ts';
import { openDatabase } from './storage/database.ts';
import { readTheme } from './storage/preferences.ts';
import { restore, startSaving } from './storage/saver.ts';

const root = document.querySelector('#playground');
const pen = document.createElement('canvas').getContext('2d');
if (root === null || pen === null) throw new Error('This page cannot draw');

const query = readQuery(location.search);
const editor = createEditor(createTextMeasure(pen));
const [database, wasm] = await Promise.all([
  openDatabase(indexedDB),
  WebAssembly.compileStreaming(fetch('./quickjs.wasm')),
]);
await restore(editor, database);

const state = createPageState(editor, query.theme ?? readTheme(window));
const toast = createToastRack(state.toasts, (task, delay) => startTimer(task, delay, false));
const saver = startSaving(editor, database, window, (isSaved) => {
  state.isSaved.value = isSaved;
});
const runner = createRunner({
  editor,
  state,
  options: query,
  toast,
  log: print,
  load: () => loadPlugin(new URL('./plugin/manifest.json', location.href), fetch.bind(window)),
  services: createBrowserServices({ page: window, editor, state, database, query, wasm, toast }),
});

showTheme(window, state.theme, query.editorType === 'figjam');
void runner.prepare();
render(
  h(App, {
    editor,
    state,
    assetUrl: createAssetUrls(editor.assets),
    relaunchButtons: (records) => runner.relaunchButtons(records),
    onRun: () => void runner.run(''),
    onStop: () => runner.stop(),
    onReset: () => {
      runner.stop();
      void saver.reset();
    },
  }),
  root,
);
