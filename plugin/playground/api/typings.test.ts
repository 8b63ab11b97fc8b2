import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { createTestHost } from '../fixtures/test-host.ts';

const file = createRequire(import.meta.url).resolve('@figma/plugin-typings/plugin-api.d.ts');
const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
const interfaces = new Map(
  source.statements.filter(ts.isInterfaceDeclaration).map((declaration) => [declaration.name.text, declaration]),
);

/** Names of an interface's members, inherited ones too. */
function membersOf(name: string): readonly string[] {
  const declaration = interfaces.get(name);
  if (declaration === undefined) return [];
  const own = declaration.members.flatMap((member) => (member.name ? [member.name.getText(source)] : []));
  const inherited = (declaration.heritageClauses ?? []).flatMap(({ types }) =>
    types.flatMap(({ expression }) => membersOf(expression.getText(source))),
  );
  return [...own, ...inherited];
}

test.each([
  ['figma', 'PluginAPI'],
  ['figma.ui', 'UIAPI'],
  ['figma.viewport', 'ViewportAPI'],
  ['figma.clientStorage', 'ClientStorageAPI'],
  ['figma.root', 'DocumentNode'],
  ['figma.currentPage', 'PageNode'],
  ['figma.createFrame()', 'FrameNode'],
  ['figma.createRectangle()', 'RectangleNode'],
  ['figma.createEllipse()', 'EllipseNode'],
  ['figma.createText()', 'TextNode'],
  ['figma.createSection()', 'SectionNode'],
  ['figma.group([figma.createFrame()], figma.currentPage)', 'GroupNode'],
])("all that %s offers is in Figma's typings", async (expression, name) => {
  const printed = await createTestHost().run(`
    console.log(Object.getOwnPropertyNames(Object.getPrototypeOf(${expression})));
  `);
  const promised = membersOf(name);
  expect(promised.length).toBeGreaterThan(3);
  expect((printed[0] as string[]).filter((member) => !promised.includes(member))).toEqual([]);
});
