import type { Paint } from './paints.ts';

export type SceneType = 'FRAME' | 'RECTANGLE' | 'ELLIPSE' | 'TEXT' | 'GROUP' | 'SECTION';
export type NodeType = 'DOCUMENT' | 'PAGE' | SceneType;

export const ROOT_ID = '0:0';

/** One node as plain data. Records are replaced, never changed, so that undo and saving can keep old ones. Lengths are canvas px. */
export interface NodeRecord {
  readonly id: string;
  readonly type: NodeType;
  readonly parentId: string | null;
  readonly childIds: readonly string[];
  readonly name: string;
  readonly visible: boolean;
  readonly locked: boolean;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Degrees, counter-clockwise, about the node's own top left corner. */
  readonly rotation: number;
  readonly aspectRatio: { readonly x: number; readonly y: number } | null;
  readonly opacity: number;
  readonly blendMode: string;
  readonly fills: readonly Paint[];
  readonly strokes: readonly Paint[];
  readonly strokeWeight: number;
  /** Lengths of dashes and gaps by turns, in px; empty for a line without gaps. */
  readonly dashPattern: readonly number[];
  readonly strokeAlign: 'INSIDE' | 'OUTSIDE' | 'CENTER';
  readonly cornerRadius: number;
  readonly clipsContent: boolean;
  readonly layoutMode: 'NONE' | 'HORIZONTAL' | 'VERTICAL';
  readonly primaryAxisSizingMode: 'FIXED' | 'AUTO';
  readonly counterAxisSizingMode: 'FIXED' | 'AUTO';
  readonly primaryAxisAlignItems: 'MIN' | 'MAX' | 'CENTER' | 'SPACE_BETWEEN';
  readonly counterAxisAlignItems: 'MIN' | 'MAX' | 'CENTER';
  readonly itemSpacing: number;
  readonly paddingLeft: number;
  readonly paddingRight: number;
  readonly paddingTop: number;
  readonly paddingBottom: number;
  readonly layoutAlign: 'INHERIT' | 'STRETCH';
  readonly layoutGrow: number;
  readonly layoutPositioning: 'AUTO' | 'ABSOLUTE';
  readonly characters: string;
  readonly fontSize: number;
  readonly fontName: { readonly family: string; readonly style: string };
  readonly textAlignHorizontal: 'LEFT' | 'CENTER' | 'RIGHT';
  readonly textAutoResize: 'NONE' | 'WIDTH_AND_HEIGHT' | 'HEIGHT';
  /** `pluginId/key` and `shared/namespace/key` to value. */
  readonly data: Readonly<Record<string, string>>;
  /** Per plugin id: command to description. */
  readonly relaunch: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const WHITE = [{ type: 'SOLID', color: { r: 1, g: 1, b: 1 } }] as const;
const GREY = [{ type: 'SOLID', color: { r: 0.85, g: 0.85, b: 0.85 } }] as const;
const BLACK = [{ type: 'SOLID', color: { r: 0, g: 0, b: 0 } }] as const;

const FILLS: Readonly<Record<NodeType, readonly Paint[]>> = {
  DOCUMENT: [],
  PAGE: [],
  FRAME: WHITE,
  SECTION: WHITE,
  RECTANGLE: GREY,
  ELLIPSE: GREY,
  TEXT: BLACK,
  GROUP: [],
};

/**
 * A new node as Figma makes it: 100 × 100, white frames, grey shapes, black empty text, hugging once it has an auto layout
 * (assumption `auto-layout-defaults`).
 */
export function newRecord(id: string, type: NodeType, name: string, parentId: string | null): NodeRecord {
  const size = type === 'TEXT' ? { width: 0, height: 14 } : { width: 100, height: 100 };
  return {
    id,
    type,
    parentId,
    childIds: [],
    name,
    visible: true,
    locked: false,
    x: 0,
    y: 0,
    ...size,
    rotation: 0,
    aspectRatio: null,
    opacity: 1,
    blendMode: type === 'GROUP' ? 'PASS_THROUGH' : 'NORMAL',
    fills: FILLS[type],
    strokes: [],
    strokeWeight: 1,
    dashPattern: [],
    strokeAlign: 'INSIDE',
    cornerRadius: 0,
    clipsContent: type === 'FRAME',
    layoutMode: 'NONE',
    primaryAxisSizingMode: 'AUTO',
    counterAxisSizingMode: 'AUTO',
    primaryAxisAlignItems: 'MIN',
    counterAxisAlignItems: 'MIN',
    itemSpacing: 0,
    paddingLeft: 0,
    paddingRight: 0,
    paddingTop: 0,
    paddingBottom: 0,
    layoutAlign: 'INHERIT',
    layoutGrow: 0,
    layoutPositioning: 'AUTO',
    characters: '',
    fontSize: 12,
    fontName: { family: 'Inter', style: 'Regular' },
    textAlignHorizontal: 'LEFT',
    textAutoResize: 'WIDTH_AND_HEIGHT',
    data: {},
    relaunch: {},
  };
}

const CONTAINERS: readonly NodeType[] = ['PAGE', 'FRAME', 'GROUP', 'SECTION'];

export function isContainer(record: NodeRecord): boolean {
  return CONTAINERS.includes(record.type);
}
