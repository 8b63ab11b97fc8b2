import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { BUILT_IN, fill, placeholdersIn, readWorkflow, type Values } from './workflow.ts';

const directory = mkdtempSync(join(tmpdir(), 'inkpot-workflow-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(text: string): string {
  const path = join(directory, 'workflow.json');
  writeFileSync(path, text);
  return path;
}

const values: Values = {
  prompt: 'a "fox" and {{seed}}',
  negative_prompt: 'text',
  seed: 7,
  width: 640,
  height: 480,
  count: 2,
  checkpoint: 'weights.safetensors',
  image: 'image.png [temp]',
  mask: 'mask.png [temp]',
};

test('a placeholder alone becomes its value, numbers as numbers, and one within a text a part of it', () => {
  const graph = {
    1: { class_type: 'A', inputs: { text: 'photo of {{prompt}}, {{width}}x{{ height }}', seed: '{{seed}}', on: true } },
    2: { class_type: 'B', inputs: { from: ['1', 0], list: ['{{count}}'] }, _meta: { title: '{{prompt}}' } },
  };
  expect(fill(graph, values)).toEqual({
    1: { class_type: 'A', inputs: { text: 'photo of a "fox" and {{seed}}, 640x480', seed: 7, on: true } },
    2: { class_type: 'B', inputs: { from: ['1', 0], list: [2] }, _meta: { title: '{{prompt}}' } },
  });
});

test('the built-in graph has a place for everything but pictures', () => {
  expect([...placeholdersIn(BUILT_IN), 'image', 'mask'].sort()).toEqual(Object.keys(values).sort());
  expect(placeholdersIn(fill(BUILT_IN, { ...values, prompt: 'a fox' })).size).toBe(0);
});

test('a file with a graph is read as it is', () => {
  const graph = { 6: { class_type: 'CLIPTextEncode', inputs: { text: '{{prompt}}' }, _meta: { title: 'Words' } } };
  expect(readWorkflow(file(JSON.stringify(graph)))).toEqual(graph);
});

test.each([
  ['is not there', null, /COMFYUI_WORKFLOW: .* cannot be read: .*ENOENT/],
  ['is not JSON', '{', /is not JSON/],
  ['was saved in the form of the page', JSON.stringify({ nodes: [], links: [] }), /save it by “Export \(API\)”/],
  ['has no prompt', JSON.stringify({ 1: { class_type: 'A', inputs: {} } }), /has no \{\{prompt\}\}/],
  [
    'has a mask and nothing under it',
    JSON.stringify({ 1: { class_type: 'A', inputs: { text: '{{prompt}} {{mask}}' } } }),
    /has a \{\{mask\}\}, but no \{\{image\}\}/,
  ],
  [
    'has a placeholder that is not known',
    JSON.stringify({ 1: { class_type: 'A', inputs: { text: '{{prompt}} {{style}}' } } }),
    /has \{\{style\}\}: known are \{\{prompt\}\}, /,
  ],
])('a file that %s stops the start and says why', (_what, text, message) => {
  expect(() => readWorkflow(text === null ? join(directory, 'nowhere.json') : file(text))).toThrow(message);
});
