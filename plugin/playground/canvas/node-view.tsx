import type { CSSProperties, JSX } from 'preact';
import type { Editor } from '../document/editor.ts';
import { mediaHash, type Paint } from '../document/paints.ts';
import type { NodeRecord } from '../document/record.ts';
import { fontWeight, LINE_HEIGHT } from './font.ts';
import { gradientImage, isShown, objectFit, solidColor } from './paint-style.ts';

export interface NodeViewProps {
  readonly editor: Editor;
  readonly id: string;
  readonly assetUrl: (hash: string) => string | undefined;
  /** The corner that the node's `x` and `y` count from, seen from the element it is put into. */
  readonly offset: { readonly x: number; readonly y: number };
}

/** A layer as an element: its fills from back to front, then its text or its children. */
export function NodeView({ editor, id, assetUrl, offset }: NodeViewProps): JSX.Element | null {
  const record = editor.store.get(id);
  if (record === undefined) return null;
  /** Children of a group count from the group's own parent. */
  const inner = record.type === 'GROUP' ? { x: -record.x, y: -record.y } : { x: 0, y: 0 };

  return (
    <div
      class={`node node-${record.type.toLowerCase()}`}
      data-node-id={record.id}
      data-node-type={record.type}
      data-node-name={record.name}
      hidden={!record.visible}
      style={boxStyle(record, offset)}
    >
      {record.type !== 'TEXT' &&
        record.fills.map((paint, index) => <Fill key={index} paint={paint} name={record.name} assetUrl={assetUrl} />)}
      {record.type === 'TEXT' && record.characters}
      {record.childIds.map((childId) => (
        <NodeView key={childId} editor={editor} id={childId} assetUrl={assetUrl} offset={inner} />
      ))}
      {record.strokes.length > 0 && <div class="stroke" style={strokeStyle(record)} />}
    </div>
  );
}

interface FillProps {
  readonly paint: Paint;
  readonly name: string;
  readonly assetUrl: (hash: string) => string | undefined;
}

function Fill({ paint, name, assetUrl }: FillProps): JSX.Element | null {
  if (!isShown(paint)) return null;
  if (paint.type === 'SOLID') return <div class="fill" style={{ background: solidColor(paint) }} />;
  if (paint.type !== 'IMAGE' && paint.type !== 'VIDEO') {
    return <div class="fill" style={{ backgroundImage: gradientImage(paint) }} />;
  }
  const hash = mediaHash(paint);
  const src = hash === null ? undefined : assetUrl(hash);
  if (src === undefined) return <div class="fill fill-missing" />;
  const style = { objectFit: objectFit(paint.scaleMode), opacity: paint.opacity ?? 1 };
  return paint.type === 'IMAGE' ? (
    <img class="fill" src={src} alt={name} style={style} draggable={false} />
  ) : (
    <video class="fill" src={src} aria-label={name} style={style} autoPlay loop muted playsInline />
  );
}

function boxStyle(record: NodeRecord, offset: { readonly x: number; readonly y: number }): CSSProperties {
  return {
    left: `${record.x + offset.x}px`,
    top: `${record.y + offset.y}px`,
    width: `${record.width}px`,
    height: `${record.height}px`,
    opacity: record.opacity,
    borderRadius: record.type === 'ELLIPSE' ? '50%' : `${record.cornerRadius}px`,
    ...(record.clipsContent ? { overflow: 'hidden' } : {}),
    ...(record.rotation === 0 ? {} : { transform: `rotate(${-record.rotation}deg)` }),
    ...(record.type === 'TEXT' ? textStyle(record) : {}),
  };
}

function textStyle(record: NodeRecord): CSSProperties {
  const color = record.fills.find((paint) => paint.type === 'SOLID' && isShown(paint));
  return {
    color: color?.type === 'SOLID' ? solidColor(color) : 'transparent',
    font: `${fontWeight(record.fontName.style)} ${record.fontSize}px "${record.fontName.family}", sans-serif`,
    lineHeight: String(LINE_HEIGHT),
    textAlign: record.textAlignHorizontal.toLowerCase() as 'left',
    whiteSpace: record.textAutoResize === 'WIDTH_AND_HEIGHT' ? 'pre' : 'pre-wrap',
  };
}

function strokeStyle(record: NodeRecord): CSSProperties {
  const paint = record.strokes.find((stroke) => stroke.type === 'SOLID' && isShown(stroke));
  if (paint?.type !== 'SOLID') return { display: 'none' };
  const outside = { INSIDE: 0, CENTER: record.strokeWeight / 2, OUTSIDE: record.strokeWeight }[record.strokeAlign];
  const line = record.dashPattern.length > 0 ? 'dashed' : 'solid';
  return { inset: `${-outside}px`, border: `${record.strokeWeight}px ${line} ${solidColor(paint)}` };
}
