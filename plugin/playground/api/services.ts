import type { Editor } from '../document/editor.ts';
import type { Point } from '../document/geometry.ts';

export interface ToastOptions {
  /** ms; `Infinity` keeps it. */
  readonly timeout: number;
  readonly error: boolean;
  readonly button?: { readonly text: string; readonly action: () => void };
  readonly onDequeue: (reason: 'timeout' | 'dismiss' | 'action_button_click') => void;
}

export interface WindowOptions {
  readonly html: string;
  readonly title: string;
  readonly visible: boolean;
  /** Screen px of the content, without the title bar. */
  readonly width: number;
  readonly height: number;
  /** Canvas space; where the person last left it when absent. */
  readonly position?: Point;
  readonly themeColors: boolean;
}

export interface WindowEvents {
  /** A message that passed the codec and the `pluginId` rule. */
  readonly onMessage: (message: unknown, origin: string) => void;
  readonly onDrop: (drop: PluginDrop) => void;
  /** The person closed the window. */
  readonly onClosedByPerson: () => void;
}

/** What a UI posts as `pluginDrop`; positions count from the corner of the UI's own window. */
export interface PluginDrop {
  readonly clientX: number;
  readonly clientY: number;
  readonly items: readonly { readonly type: string; readonly data: string }[];
  readonly files: readonly { readonly name: string; readonly type: string; readonly bytes: Uint8Array }[];
  readonly dropMetadata: unknown;
}

export interface PluginWindow {
  post(message: unknown, targetOrigin: string): void;
  setVisible(visible: boolean): void;
  resize(width: number, height: number): void;
  /** Canvas space. */
  reposition(position: Point): void;
  position(): { readonly windowSpace: Point; readonly canvasSpace: Point };
  /** From a point in the UI's window to canvas space. */
  toCanvas(point: Point): Point;
  close(): void;
}

export interface PluginRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly credentials?: string;
  readonly cache?: string;
  readonly redirect?: string;
  readonly referrer?: string;
  readonly integrity?: string;
}

export interface PluginResponse {
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  readonly ok: boolean;
  readonly redirected: boolean;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface ExportSettings {
  readonly format: 'PNG' | 'JPG';
  readonly constraint: { readonly type: 'SCALE' | 'WIDTH' | 'HEIGHT'; readonly value: number };
}

/** The per-person storage of one plugin. Values are what `copyMessage` lets through. */
export interface KeyValueStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  keys(): Promise<readonly string[]>;
}

export type LogLevel = 'log' | 'info' | 'warn' | 'error';

/** Everything the plugin API needs from outside the document: the seams that a test fills in. */
export interface HostServices {
  /** The compiled QuickJS; Node finds its own. */
  readonly wasm?: WebAssembly.Module;
  readonly now: () => number;
  readonly startTimer: (task: () => void, delay: number, repeats: boolean) => () => void;
  /** Runs a task in a later turn of the event loop. */
  readonly defer: (task: () => void) => void;
  readonly fetch: (request: PluginRequest) => Promise<PluginResponse>;
  readonly renderNode: (editor: Editor, id: string, settings: ExportSettings) => Promise<Uint8Array>;
  readonly storage: KeyValueStore;
  readonly openWindow: (options: WindowOptions, events: WindowEvents) => PluginWindow;
  /** Returns the way to take it down. */
  readonly toast: (message: string, options: ToastOptions) => () => void;
  readonly openExternal: (url: string) => void;
  readonly log: (level: LogLevel, parts: readonly unknown[]) => void;
}
