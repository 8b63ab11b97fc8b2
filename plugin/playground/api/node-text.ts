import { arrange } from '../document/arrange.ts';
import type { NodeRecord } from '../document/record.ts';
import type { Member, Members } from '../sandbox/live.ts';
import type { Check } from './checks.ts';
import { asObject, asString, numberBetween, oneOf } from './checks.ts';
import type { NodeSelf, PluginContext } from './context.ts';

type FontName = NodeRecord['fontName'];

const STYLES = ['Thin', 'Extra Light', 'Light', 'Regular', 'Medium', 'Semi Bold', 'Bold', 'Extra Bold', 'Black'];

/** The fonts of this host: Inter, which every Figma file has. */
export const FONTS: readonly FontName[] = STYLES.map((style) => ({ family: 'Inter', style }));

export const asFontName: Check<FontName> = (value, name) => {
  const { family, style } = asObject(value, name);
  return { family: asString(family, `${name}.family`), style: asString(style, `${name}.style`) };
};

export function fontKey(font: FontName): string {
  return `${font.family} ${font.style}`;
}

/** Sets a text's box to its characters, as far as `textAutoResize` asks for it. */
function fitText(context: PluginContext, id: string): void {
  const { store, measureText } = context.editor;
  const record = store.read(id);
  if (record.textAutoResize === 'NONE') return;
  const wrapAt = record.textAutoResize === 'HEIGHT' ? record.width : null;
  const { family, style } = record.fontName;
  const box = measureText(record.characters, { size: record.fontSize, family, style, wrapAt });
  store.update(id, { height: box.height, ...(wrapAt === null ? { width: box.width } : {}) });
  arrange(store, id);
}

export function textMembers(context: PluginContext): Members<NodeSelf> {
  const { store } = context.editor;
  const requireFont = (font: FontName): void => {
    if (context.loadedFonts.has(fontKey(font))) return;
    throw new Error(
      `Cannot write to node with unloaded font "${fontKey(font)}". Please call figma.loadFontAsync({ family: "${font.family}", style: "${font.style}" }) and await the returned promise first.`,
    );
  };
  const textField = <K extends keyof NodeRecord>(key: K, check: Check<NodeRecord[K]>): Member<NodeSelf> => ({
    get: ({ id }) => store.read(id)[key],
    set: ({ id }, value) => {
      const checked = check(value, key);
      requireFont(store.read(id).fontName);
      store.update(id, { [key]: checked });
      fitText(context, id);
    },
  });

  return {
    characters: textField('characters', asString),
    fontSize: textField('fontSize', numberBetween(1, 3_000)),
    fontName: {
      get: ({ id }) => store.read(id).fontName,
      set: ({ id }, value) => {
        const font = asFontName(value, 'fontName');
        requireFont(font);
        store.update(id, { fontName: font });
        fitText(context, id);
      },
    },
    hasMissingFont: { get: () => false },
    textAlignHorizontal: textField('textAlignHorizontal', oneOf('LEFT', 'CENTER', 'RIGHT')),
    textAutoResize: textField('textAutoResize', oneOf('NONE', 'WIDTH_AND_HEIGHT', 'HEIGHT')),
  };
}
