import { expect, test } from 'vitest';
import { readManifest, validateManifest } from './validate-manifest.ts';

const VALID = {
  name: 'Inkpot',
  id: '1234567890',
  api: '1.0.0',
  main: 'dist/plugin/main.js',
  ui: 'dist/plugin/ui.html',
  editorType: ['figma', 'figjam', 'slides', 'buzz'],
  documentAccess: 'dynamic-page',
  networkAccess: {
    allowedDomains: ['https://api.ours.example'],
    reasoning: 'Sends prompts.',
    devAllowedDomains: ['http://localhost:8787', 'ws://localhost:8787'],
  },
  menu: [
    { name: 'Create', command: 'create' },
    { separator: true },
    { name: 'More', menu: [{ name: 'A', command: 'a' }] },
  ],
  relaunchButtons: [{ command: 'again', name: 'Generate again', multipleSelection: true }],
  permissions: ['currentuser'],
};

const faultsOf = (change: Record<string, unknown>): readonly string[] =>
  validateManifest({ ...VALID, ...change }).map(({ path, message }) => `${path}: ${message}`);

test('a complete manifest has no fault', () => {
  expect(validateManifest(VALID)).toEqual([]);
  expect(readManifest(VALID)).toBe(VALID);
});

test('required fields are missed by name', () => {
  expect(validateManifest({}).map(({ path }) => path)).toEqual([
    'name',
    'id',
    'api',
    'main',
    'editorType',
    'documentAccess',
  ]);
  expect(validateManifest('text')).toEqual([{ path: '', message: 'Expected the manifest to be an object' }]);
});

test('an unknown field is refused in Figma’s words, wherever it stands', () => {
  expect(faultsOf({ colour: 'red' })).toEqual(["colour: Invalid manifest field 'colour'"]);
  expect(faultsOf({ networkAccess: { allowedDomains: ['none'], devDomains: [] } })).toEqual([
    "networkAccess.devDomains: Invalid manifest field 'networkAccess.devDomains'",
  ]);
});

test.each([
  [{ api: '2.0.0' }, 'api'],
  [{ documentAccess: 'full' }, 'documentAccess'],
  [{ editorType: [] }, 'editorType'],
  [{ editorType: ['figma', 'sketch'] }, 'editorType[1]'],
  [{ editorType: ['figjam', 'dev'] }, 'editorType'],
  [{ main: '../main.js' }, 'main'],
  [{ main: '/main.js' }, 'main'],
  [{ main: 'https://a.example/main.js' }, 'main'],
  [{ main: 'main.ts' }, 'main'],
  [{ ui: { create: 'a/../../ui.html' } }, 'ui.create'],
  [{ menu: [{ separator: false }] }, 'menu[0].separator'],
  [{ menu: [{ name: 'More', menu: [{ name: 'A' }] }] }, 'menu[0].menu[0].command'],
  [{ relaunchButtons: [{ command: 'again' }] }, 'relaunchButtons[0].name'],
  [{ permissions: ['camera'] }, 'permissions[0]'],
  [{ capabilities: ['flight'] }, 'capabilities[0]'],
  [{ parameterOnly: true }, 'parameterOnly'],
])('%j is a fault at %s', (change, path) => {
  expect(validateManifest({ ...VALID, ...change }).map((fault) => fault.path)).toEqual([path]);
});

test('a domain without a scheme is refused in Figma’s words', () => {
  expect(faultsOf({ networkAccess: { allowedDomains: ['figma.com'] } })).toEqual([
    "networkAccess.allowedDomains[0]: Invalid value for allowedDomains. 'figma.com' must include a scheme, such as https://.",
  ]);
});

test.each(['ftp://a.example', 'https://a.*.example', 'https://*', 'https://a.example:8443', 'https://a.example/?q=1'])(
  '%s is no valid pattern',
  (pattern) => {
    expect(faultsOf({ networkAccess: { allowedDomains: [pattern] } })).toHaveLength(1);
  },
);

test.each(['https://*.a.example', 'wss://a.example', 'https://a.example/folder/', 'none'])(
  '%s is a valid pattern',
  (pattern) => {
    expect(faultsOf({ networkAccess: { allowedDomains: [pattern] } })).toEqual([]);
  },
);

test('"*" and localhost need a reasoning, and "*" and "none" stand alone', () => {
  expect(faultsOf({ networkAccess: { allowedDomains: ['*'] } })).toEqual([
    expect.stringContaining("needs a 'reasoning'"),
  ]);
  expect(faultsOf({ networkAccess: { allowedDomains: ['http://localhost:3000'] } })).toHaveLength(1);
  expect(faultsOf({ networkAccess: { allowedDomains: ['*'], reasoning: 'All of it.' } })).toEqual([]);
  expect(faultsOf({ networkAccess: { allowedDomains: ['none', 'https://a.example'] } })).toHaveLength(1);
  expect(faultsOf({ networkAccess: { allowedDomains: [] } })).toHaveLength(1);
});

test('reading a faulty manifest throws all faults as Figma shows them', () => {
  expect(() => readManifest({ ...VALID, api: '3', colour: 1 })).toThrow(
    /^Manifest error: Invalid manifest field 'colour'\nInvalid value for api/,
  );
});
