import type { PluginManifest } from '../../manifest/manifest.ts';
import type { Editor } from '../document/editor.ts';
import type { Live } from '../sandbox/live.ts';
import type { Events } from './events.ts';
import type { HostServices } from './services.ts';

export type EditorType = 'figma' | 'figjam' | 'slides' | 'buzz';
export type Plan = 'starter' | 'professional';

/** How a plugin is started. */
export interface RunOptions {
  readonly manifest: PluginManifest;
  readonly main: string;
  /** The text of each UI file; one without a name is `__html__`. */
  readonly html: string | Readonly<Record<string, string>> | undefined;
  /** The menu or relaunch command, or '' for none. */
  readonly command: string;
  readonly editorType: EditorType;
  readonly plan: Plan;
  /** Development adds the manifest's `devAllowedDomains`. */
  readonly mode: 'development' | 'published';
}

/** What the members of the plugin API share during one run. */
export interface PluginContext extends RunOptions {
  readonly pluginId: string;
  readonly editor: Editor;
  readonly services: HostServices;
  readonly events: Events;
  readonly loadedFonts: Set<string>;
  /** Pages the plugin may look into, besides the current one. */
  readonly loadedPages: Set<string>;
  /** The one object that stands for a node. */
  readonly nodeOf: (id: string) => Live;
  /** @throws Error when the value is not a node. */
  readonly idOf: (value: unknown, name: string) => string;
  readonly close: (message?: string) => void;
}

export interface NodeSelf {
  readonly id: string;
}
