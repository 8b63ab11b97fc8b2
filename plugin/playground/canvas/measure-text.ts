import type { MeasureText } from '../document/editor.ts';
import { fontWeight, LINE_HEIGHT } from './font.ts';

/** Breaks text into the lines it is drawn in, at spaces, where `widthOf` a line would pass `wrapAt`. */
export function breakLines(text: string, wrapAt: number | null, widthOf: (line: string) => number): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    if (wrapAt === null) return [paragraph];
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(/(?<= )/)) {
      if (line !== '' && widthOf((line + word).trimEnd()) > wrapAt) {
        lines.push(line);
        line = '';
      }
      line += word;
    }
    return [...lines, line];
  });
}

/** Measures with a canvas's own text engine, as the page draws it (assumption `text-metrics`). */
export function createTextMeasure(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D): MeasureText {
  return (text, { size, family, style, wrapAt }) => {
    context.font = `${fontWeight(style)} ${size}px "${family}", sans-serif`;
    const widthOf = (line: string): number => context.measureText(line).width;
    const lines = breakLines(text, wrapAt, widthOf);
    return {
      width: Math.ceil(Math.max(0, ...lines.map(widthOf))),
      height: Math.round(lines.length * size * LINE_HEIGHT),
    };
  };
}
