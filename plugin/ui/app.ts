import { effect, signal, untracked } from '@preact/signals';
import type { ToUi } from '../../shared/bridge/to-ui.ts';
import { Receipt } from '../../shared/receipt.ts';
import { createBroker } from './api/broker.ts';
import { BrokerFault } from './api/broker-fault.ts';
import { createHttp } from './api/http.ts';
import { startDeviceFlow } from './auth/device-flow.ts';
import { createOAuthClient } from './auth/oauth-client.ts';
import { createTokens } from './auth/tokens.ts';
import type { Port } from './bridge.ts';
import { createBridge } from './bridge.ts';
import { createCanvas } from './canvas.ts';
import type { Now, Wait } from './clock.ts';
import { createGenerations } from './generations/generations.ts';
import { createJobs } from './generations/job.ts';
import { createPictures, type Pixels } from './pictures/pictures.ts';
import { makePlaceable } from './pixels/make-placeable.ts';
import { createCanvasSelection } from './state/canvas-selection.ts';
import { createCatalogue } from './state/catalogue.ts';
import { createCheckout } from './state/checkout.ts';
import { draftOf } from './state/draft-settings.ts';
import { createForm } from './state/form.ts';
import { readKept } from './state/kept-json.ts';
import { modelOf } from './state/missing-model.ts';
import { createPools } from './state/pools.ts';
import { createPreferences } from './state/preferences.ts';
import { createPrices } from './state/prices.ts';
import { sayError } from './state/say-error.ts';
import { createSession } from './state/session.ts';

/** Everything outside the panel that it depends on. */
export interface Surroundings {
  readonly brokerUrl: string;
  readonly port: Port;
  readonly fetch: typeof fetch;
  readonly wait: Wait;
  readonly now: Now;
  /** 128 random bits, as letters and digits. */
  readonly randomId: () => string;
  readonly objectUrls: { create(bytes: Uint8Array<ArrayBuffer>, type?: string): string; revoke(url: string): void };
  readonly pixels: Pixels;
  /** Told of what only a developer can mend. */
  readonly complain: (what: string, detail: unknown) => void;
}

/** Whether the account's data is here: what the Create view needs before it can show a form. */
export type Loading = { readonly step: 'loading' | 'ready' } | Failed;

interface Failed {
  readonly step: 'failed';
  readonly words: string;
  /** Whether nothing was heard at all, rather than something that is of no use. */
  readonly isSilent: boolean;
}

/** How long the sandbox may take to greet the panel, in ms, before the panel says that something is wrong. */
const SANDBOX_PATIENCE = 8_000;

const SILENT_SANDBOX =
  'Figma has not answered the plugin yet. If it stays like this, close the plugin and run it again.';
const BROKEN_SANDBOX =
  'Something in this document stopped the plugin. Try again, or close the plugin and run it again.';
const UNTOLD = 'The plugin could not see which pictures this document waits for. Close it and run it again.';

/** Puts the panel's parts together. Nothing happens before `start`. */
export function createApp({ brokerUrl, port, fetch, wait, now, randomId, objectUrls, pixels, complain }: Surroundings) {
  const bridge = createBridge(port, (message) => complain('a message that the panel does not know', message));
  const openLink = (url: string) => bridge.post({ type: 'open-link', url });
  const notify = (message: string, error = true) => bridge.post({ type: 'notify', message, error });

  const oauth = createOAuthClient({ baseUrl: brokerUrl, fetch });
  const tokens = createTokens({
    brokerUrl,
    oauth,
    vault: bridge.vault,
    now,
    onEnd() {
      // Who has signed out needs no word about it when a request on its way finds no token.
      if (session.state.value.step === 'signed-in')
        session.signedOut('Your sign-in has ended. Sign in again to go on.');
    },
    onUnstored: () => notify('Your sign-in could not be saved on this machine.'),
  });
  const broker = createBroker(createHttp({ baseUrl: brokerUrl, fetch, tokens }));
  const session = createSession({
    tokens,
    openLink,
    startDeviceFlow: () => startDeviceFlow({ oauth, wait, now, verifier: () => randomId() + randomId() }),
  });

  const loading = signal<Loading>({ step: 'loading' });
  const announcement = signal({ words: '', serial: 0 });
  const announce = (...words: readonly (string | undefined)[]) => {
    announcement.value = { words: words.filter(Boolean).join(' '), serial: announcement.value.serial + 1 };
  };
  const canvas = createCanvas(bridge);
  const canvasSelection = createCanvasSelection();
  const catalogue = createCatalogue({ broker });
  const pools = createPools({ broker, brokerUrl, openLink, wait });
  const pictures = createPictures({ broker, canvas, objectUrls, pixels, randomId });
  const form = createForm({ catalogue, canvas: canvasSelection, pictures });
  const prices = createPrices({ broker, catalogue, form, pools, wait, now });
  const generations = createGenerations({
    broker,
    canvas,
    jobs: createJobs(objectUrls),
    pools,
    makePlaceable,
    toObjectUrl: objectUrls.create,
    ticket: randomId,
    wait,
    now,
    announce,
    onFailure: catalogue.refresh,
  });
  /** Empty until the sandbox has said where we are. */
  let documentId = '';
  /** Why it has not said so; null while there is hope. */
  const trouble = signal<string | null>(null);
  let knocking = new AbortController();
  const checkout = createCheckout({
    form,
    prices,
    pools,
    catalogue,
    canvas: canvasSelection,
    pictures,
    generations,
    documentId: () => documentId,
  });
  const preferences = createPreferences({
    form,
    catalogue,
    pools,
    wait,
    save: (kept) => bridge.post({ type: 'save-preferences', preferences: kept }),
  });

  /** Fills the form with how a picture was made. */
  function reuse(receipt: Receipt): void {
    form.draft.value = draftOf(receipt);
    catalogue.want(modelOf(receipt));
    announce('The prompt and settings of this layer are in the form.', catalogue.missing.value?.words);
  }

  /** Lets the browser save a result as its maker made it: Figma's own frame may not save files. */
  async function save(generationId: string, index: number): Promise<void> {
    notify('Opening your browser…', false);
    try {
      openLink((await broker.link(generationId, index)).url);
    } catch (error) {
      notify(sayError(error));
    }
  }

  async function load(): Promise<void> {
    loading.value = { step: 'loading' };
    try {
      await Promise.all([catalogue.load(), pools.load()]);
    } catch (error) {
      const isSilent = error instanceof BrokerFault && error.kind === 'unreachable';
      loading.value = { step: 'failed', words: sayError(error), isSilent };
      return;
    }
    // A sign-in may have been kept without a connection to ask who it was.
    await session.resume();
    loading.value = { step: 'ready' };
    if (catalogue.missing.value) announce(catalogue.missing.value.words);
    // The sandbox answers with `start` again, and with what the document waits for by now.
    bridge.post({ type: 'ready' });
  }

  /** Asks the sandbox where we are. It answers with `start`, unless something is wrong with it. */
  function knock(): void {
    knocking.abort();
    knocking = new AbortController();
    trouble.value = null;
    bridge.post({ type: 'ready' });
    wait(SANDBOX_PATIENCE, knocking.signal).then(
      () => {
        trouble.value ??= SILENT_SANDBOX;
      },
      () => undefined,
    );
  }

  function greet(message: Extract<ToUi, { type: 'start' }>): void {
    knocking.abort();
    trouble.value = null;
    if (documentId !== '') return void generations.reopen(message.placements, message.outbox, message.aside);
    documentId = message.documentId;
    canvasSelection.selection.value = message.selection;
    preferences.restore(message.preferences);
    const receipt = readKept(Receipt, message.reuse);
    if (receipt) reuse(receipt);
    if (message.session?.broker === brokerUrl) void session.resume();
    else session.signedOut(null);
  }

  /** Loads at sign-in, and forgets at sign-out. */
  function watchSession(): () => void {
    let signedIn = false;
    return effect(() => {
      const { step } = session.state.value;
      if (step === 'signed-in' && !signedIn) queueMicrotask(() => void load());
      if (step !== 'signed-in' && signedIn) {
        untracked(() => {
          generations.stop();
          pools.forget();
        });
      }
      signedIn = step === 'signed-in';
    });
  }

  return {
    session,
    trouble,
    knock,
    loading,
    load,
    announcement,
    canvas: canvasSelection,
    catalogue,
    pools,
    form,
    pictures,
    prices,
    checkout,
    generations,
    reuse,
    save,
    openLink,
    now,
    resize: (width: number, height: number, done: boolean) => bridge.post({ type: 'resize', width, height, done }),
    /** The window has the focus again: people come back from the checkout page, or to a model that was down. */
    focus(): void {
      if (session.state.value.step !== 'signed-in') return;
      void pools.refresh();
      void catalogue.refresh();
    },
    /** The connection is back: a panel that found none comes back with it, and so do the pictures that wait for it. */
    online(): void {
      if (session.state.value.step !== 'signed-in') return;
      if (loading.value.step === 'failed') void load();
      else generations.online();
    },
    start(): void {
      bridge.on('start', greet);
      bridge.on('failed', ({ what }) => {
        if (what !== 'ready') complain('that the sandbox could not do something', what);
        else if (documentId !== '') notify(UNTOLD);
        else {
          knocking.abort();
          trouble.value = BROKEN_SANDBOX;
        }
      });
      bridge.on('selection', ({ selection }) => {
        canvasSelection.selection.value = selection;
      });
      watchSession();
      prices.watch();
      preferences.watch();
      knock();
    },
  };
}
export type App = ReturnType<typeof createApp>;
