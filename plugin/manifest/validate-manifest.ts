import { editorType } from './editor-type.ts';
import {
  exactly,
  fault,
  fields,
  flag,
  isObject,
  list,
  type ManifestFault,
  oneOf,
  optional,
  type Rule,
  text,
} from './fault.ts';
import { filePath, scriptPath } from './file-path.ts';
import type { PluginManifest } from './manifest.ts';
import { menu, parameters, relaunchButtons } from './menu.ts';
import { networkAccess } from './network-access.ts';

const uiFiles: Rule = (value, path) =>
  isObject(value)
    ? Object.entries(value).flatMap(([name, file]) => filePath(file, `${path}.${name}`))
    : filePath(value, path);

const preferences: Rule = list((value, path) =>
  isObject(value) ? [] : fault(path, `Expected ${path} to be an object`),
);

const manifest = fields({
  name: text,
  id: text,
  api: exactly('1.0.0'),
  main: scriptPath,
  ui: optional(uiFiles),
  editorType,
  documentAccess: exactly('dynamic-page'),
  networkAccess: optional(networkAccess),
  parameters: optional(parameters),
  parameterOnly: optional(flag),
  menu: optional(menu),
  relaunchButtons: optional(relaunchButtons),
  permissions: optional(list(oneOf('currentuser', 'activeusers', 'fileusers', 'payments', 'teamlibrary'))),
  capabilities: optional(list(oneOf('textreview', 'codegen', 'inspect', 'vscode'))),
  codegenLanguages: optional(list(fields({ label: text, value: text }))),
  codegenPreferences: optional(preferences),
  enableProposedApi: optional(flag),
  enablePrivatePluginApi: optional(flag),
  build: optional(text),
});

/**
 * Checks a parsed `manifest.json` of a classic plugin by Figma's rules. Widgets are not covered.
 *
 * @returns Every fault found, in the file's order; an empty list means that Figma would load it.
 */
export function validateManifest(value: unknown): readonly ManifestFault[] {
  const faults = manifest(value, '');
  const needsParameters = isObject(value) && value.parameterOnly === true && value.parameters === undefined;
  return needsParameters ? [...faults, ...fault('parameterOnly', "'parameterOnly' needs 'parameters'")] : faults;
}

/** @throws Error in Figma's form, with every fault on a line. */
export function readManifest(value: unknown): PluginManifest {
  const faults = validateManifest(value);
  if (faults.length > 0) throw new Error(`Manifest error: ${faults.map(({ message }) => message).join('\n')}`);
  return value as PluginManifest;
}
