/** `manifest.json` as Figma documents it; the fields this project reads. */
export interface PluginManifest {
  readonly name: string;
  readonly id: string;
  readonly api: '1.0.0';
  readonly main: string;
  readonly ui?: string | Readonly<Record<string, string>>;
  readonly editorType: readonly string[];
  readonly documentAccess: 'dynamic-page';
  readonly networkAccess?: NetworkAccess;
  readonly menu?: readonly MenuItem[];
  readonly relaunchButtons?: readonly RelaunchButton[];
  readonly permissions?: readonly string[];
}

export interface NetworkAccess {
  readonly allowedDomains: readonly string[];
  readonly reasoning?: string;
  readonly devAllowedDomains?: readonly string[];
}

type MenuItem =
  | { readonly name: string; readonly command: string }
  | { readonly separator: true }
  | { readonly name: string; readonly menu: readonly MenuItem[] };

interface RelaunchButton {
  readonly command: string;
  readonly name: string;
  readonly multipleSelection?: boolean;
}
