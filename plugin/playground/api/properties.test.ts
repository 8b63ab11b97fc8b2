import { expect, test } from 'vitest';
import { createTestHost } from '../fixtures/test-host.ts';

test.each([
  ['opacity', '"half"', 'in set_opacity: Expected "opacity" to have type number but got string instead'],
  ['x', 'null', 'in set_x: Expected "x" to have type number but got null instead'],
  ['name', '3', 'in set_name: Expected "name" to have type string but got number instead'],
  ['visible', '[]', 'in set_visible: Expected "visible" to have type boolean but got array instead'],
  ['layoutMode', '"DIAGONAL"', 'in set_layoutMode: Property "layoutMode" failed validation'],
  ['fills', '[{ type: "SOLID", color: { r: 2, g: 0, b: 0 } }]', 'in set_fills: Property "fills" failed validation'],
  ['fills', '[{ type: "IMAGE", scaleMode: "COVER", imageHash: null }]', '[0][scaleMode]'],
])('setting %s to %s throws in Figma’s words', async (property, value, message) => {
  const [thrown] = await createTestHost().run(`figma.createFrame().${property} = ${value}`);
  expect(thrown).toContain(message);
});

test('arrays are fresh on every get, and changing one changes nothing', async () => {
  const printed = await createTestHost().run(`
    const frame = figma.createFrame();
    console.log(frame.fills === frame.fills, figma.currentPage.children === figma.currentPage.children);
    frame.fills[0].color.r = 0;
    frame.fills.push({ type: 'SOLID', color: { r: 1, g: 0, b: 0 } });
    figma.currentPage.children.pop();
    console.log([frame.fills.length, frame.fills[0].color.r, figma.currentPage.children.length]);
  `);
  expect(printed).toEqual([false, [1, 1, 1]]);
});

test('a node is one object, read-only where Figma is, and takes no new properties', async () => {
  const printed = await createTestHost().run(`
    'use strict';
    const frame = figma.createFrame();
    console.log(figma.currentPage.children[0] === frame && frame.parent === figma.currentPage);
    console.log([frame.characters, 'children' in frame, 'children' in figma.createRectangle()]);
    for (const change of [() => { frame.width = 3 }, () => { frame.colour = 'red' }, () => figma.createImageSync()]) {
      try { change(); console.log('worked') } catch (error) { console.log(error instanceof TypeError) }
    }
  `);
  expect(printed).toEqual([true, [undefined, true, false], true, true, true]);
});

test('sizes below 0.01 are refused, others resize', async () => {
  const printed = await createTestHost().run(`
    const shape = figma.createRectangle();
    shape.resize(30, 40.5);
    console.log([shape.width, shape.height]);
    shape.resize(0, 1);
  `);
  expect(printed).toEqual([[30, 40.5], expect.stringContaining('in resize: Expected "width" to be at least 0.01')]);
});

test('text can be written only with its font loaded', async () => {
  const printed = await createTestHost().run(`
    const text = figma.createText();
    try { text.characters = 'no' } catch (error) { console.log(error.message) }
    await figma.loadFontAsync({ family: 'Inter', style: 'Regular' });
    text.characters = 'yes';
    console.log([text.characters, text.width > 0]);
    await figma.loadFontAsync({ family: 'Nonesuch', style: 'Regular' });
  `);
  expect(printed).toEqual([
    expect.stringContaining('in set_characters: Cannot write to node with unloaded font "Inter Regular"'),
    ['yes', true],
    'in loadFontAsync: The font "Nonesuch Regular" could not be loaded',
  ]);
});

test('absolute positions add up through frames, and pass through groups', async () => {
  const printed = await createTestHost().run(`
    const frame = figma.createFrame(); frame.x = 100; frame.y = 50;
    const a = figma.createRectangle(); frame.appendChild(a); a.x = 10; a.y = 20;
    const b = figma.createRectangle(); frame.appendChild(b); b.x = 210; b.y = 20;
    const group = figma.group([a, b], frame);
    console.log([group.x, group.y, group.width, group.height]);
    console.log([a.x, a.absoluteTransform[0][2], a.absoluteBoundingBox.y]);
    group.x = 0;
    console.log([a.x, b.x]);
    figma.ungroup(group);
    console.log([group.removed, a.parent === frame]);
  `);
  expect(printed).toEqual([
    [10, 20, 300, 100],
    [10, 110, 70],
    [0, 200],
    [true, true],
  ]);
});

test('base64 goes both ways', async () => {
  const printed = await createTestHost().run(`
    const text = figma.base64Encode(new Uint8Array([0, 128, 255]));
    console.log([text, [...figma.base64Decode(text)]]);
  `);
  expect(printed).toEqual([['AID/', [0, 128, 255]]]);
});
