import type { ExportSettings } from '../api/services.ts';
import type { Editor } from '../document/editor.ts';
import { absoluteBounds, type Rect, relativeTransform, union } from '../document/geometry.ts';
import { mediaHash, type Paint } from '../document/paints.ts';
import type { NodeRecord } from '../document/record.ts';
import { fontWeight, LINE_HEIGHT } from './font.ts';
import { breakLines } from './measure-text.ts';
import { isShown, solidColor } from './paint-style.ts';

type Pen = OffscreenCanvasRenderingContext2D;
type Pictures = ReadonlyMap<string, ImageBitmap>;

/** Draws a node as it is seen into a PNG or JPG of the asked size (assumption `export-drawing`). */
export async function renderNode(editor: Editor, id: string, settings: ExportSettings): Promise<Uint8Array> {
  const record = editor.store.read(id);
  const box = contentBox(editor, record);
  const { type, value } = settings.constraint;
  const scale = type === 'SCALE' ? value : value / (type === 'WIDTH' ? box.width : box.height);
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(box.width * scale)),
    Math.max(1, Math.round(box.height * scale)),
  );
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('This browser cannot draw');
  if (settings.format === 'JPG') {
    pen.fillStyle = '#ffffff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
  pen.scale(scale, scale);
  const pictures = await decodePictures(editor, record);
  if (record.type === 'PAGE') {
    pen.translate(-box.x, -box.y);
    for (const childId of record.childIds) drawNode(editor, editor.store.read(childId), pen, pictures, { x: 0, y: 0 });
  } else {
    drawContent(editor, record, pen, pictures);
  }
  const blob = await canvas.convertToBlob({
    type: settings.format === 'PNG' ? 'image/png' : 'image/jpeg',
    quality: 0.92,
  });
  return new Uint8Array(await blob.arrayBuffer());
}

function contentBox(editor: Editor, record: NodeRecord): Rect {
  if (record.type !== 'PAGE') return { x: 0, y: 0, width: record.width, height: record.height };
  const boxes = record.childIds.map((id) => absoluteBounds(editor.store, editor.store.read(id)));
  return union(boxes) ?? { x: 0, y: 0, width: 1, height: 1 };
}

async function decodePictures(editor: Editor, record: NodeRecord): Promise<Pictures> {
  const hashes = new Set<string>();
  const visit = (node: NodeRecord): void => {
    for (const paint of node.fills) {
      const hash = paint.type === 'IMAGE' ? mediaHash(paint) : null;
      if (hash !== null) hashes.add(hash);
    }
    for (const childId of node.childIds) visit(editor.store.read(childId));
  };
  visit(record);
  const pictures = new Map<string, ImageBitmap>();
  for (const hash of hashes) {
    const asset = editor.assets.get(hash);
    if (asset !== undefined) pictures.set(hash, await createImageBitmap(new Blob([asset.bytes], { type: asset.mime })));
  }
  return pictures;
}

function drawNode(
  editor: Editor,
  record: NodeRecord,
  pen: Pen,
  pictures: Pictures,
  offset: { x: number; y: number },
): void {
  if (!record.visible) return;
  const [[a, c, x], [b, d, y]] = relativeTransform(record);
  pen.save();
  pen.transform(a, b, c, d, x + offset.x, y + offset.y);
  drawContent(editor, record, pen, pictures);
  pen.restore();
}

function drawContent(editor: Editor, record: NodeRecord, pen: Pen, pictures: Pictures): void {
  pen.save();
  pen.globalAlpha *= record.opacity;
  const outline = outlineOf(record);
  if (record.type === 'TEXT') drawText(record, pen);
  else for (const paint of record.fills) drawFill(paint, record, outline, pen, pictures);
  if (record.clipsContent) pen.clip(outline);
  const offset = record.type === 'GROUP' ? { x: -record.x, y: -record.y } : { x: 0, y: 0 };
  for (const childId of record.childIds) drawNode(editor, editor.store.read(childId), pen, pictures, offset);
  for (const paint of record.strokes) {
    if (paint.type !== 'SOLID' || !isShown(paint)) continue;
    pen.strokeStyle = solidColor(paint);
    pen.lineWidth = record.strokeWeight;
    pen.setLineDash([...record.dashPattern]);
    pen.stroke(outline);
  }
  pen.restore();
}

function outlineOf(record: NodeRecord): Path2D {
  const { width, height } = record;
  const path = new Path2D();
  if (record.type === 'ELLIPSE') path.ellipse(width / 2, height / 2, width / 2, height / 2, 0, 0, Math.PI * 2);
  else path.roundRect(0, 0, width, height, record.cornerRadius);
  return path;
}

function drawFill(paint: Paint, record: NodeRecord, outline: Path2D, pen: Pen, pictures: Pictures): void {
  if (!isShown(paint)) return;
  if (paint.type === 'SOLID') {
    pen.fillStyle = solidColor(paint);
    pen.fill(outline);
    return;
  }
  const picture = pictures.get(mediaHash(paint) ?? '');
  if (paint.type !== 'IMAGE' || picture === undefined) return;
  const [rx, ry] = [record.width / picture.width, record.height / picture.height];
  const ratio = paint.scaleMode === 'FIT' ? Math.min(rx, ry) : Math.max(rx, ry);
  const [width, height] = [picture.width * ratio, picture.height * ratio];
  pen.save();
  pen.clip(outline);
  pen.globalAlpha *= paint.opacity ?? 1;
  pen.drawImage(picture, (record.width - width) / 2, (record.height - height) / 2, width, height);
  pen.restore();
}

function drawText(record: NodeRecord, pen: Pen): void {
  const color = record.fills.find((paint) => paint.type === 'SOLID');
  if (color?.type !== 'SOLID') return;
  pen.fillStyle = solidColor(color);
  pen.font = `${fontWeight(record.fontName.style)} ${record.fontSize}px "${record.fontName.family}", sans-serif`;
  pen.textBaseline = 'middle';
  pen.textAlign = record.textAlignHorizontal.toLowerCase() as CanvasTextAlign;
  const x = { LEFT: 0, CENTER: record.width / 2, RIGHT: record.width }[record.textAlignHorizontal];
  const wrapAt = record.textAutoResize === 'WIDTH_AND_HEIGHT' ? null : record.width;
  const lines = breakLines(record.characters, wrapAt, (line) => pen.measureText(line).width);
  const step = record.fontSize * LINE_HEIGHT;
  for (const [index, line] of lines.entries()) pen.fillText(line, x, (index + 0.5) * step);
}
