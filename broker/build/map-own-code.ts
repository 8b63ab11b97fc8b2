import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';

interface SourceMap {
  readonly sources: readonly string[];
  readonly sourcesContent: readonly (string | null)[];
  readonly mappings: string;
}

/**
 * A source map (ECMA-426) that knows our own code only: with the packages it is most of what the first logged error has to
 * read and to keep. Their frames show the bundle's lines instead.
 */
export function mapOwnCode(json: string): string {
  const map = JSON.parse(json) as SourceMap;
  const isPackage = map.sources.map((source) => /(^|\/)node_modules\//.test(source));
  let isMapped = false;
  const mappings = decode(map.mappings).map((line) =>
    line.flatMap((segment): SourceMapSegment[] => {
      const [column, source] = segment;
      const wasMapped = isMapped;
      isMapped = source !== undefined && !isPackage[source];
      if (isMapped) return [segment];
      // Where our own code ends: what follows would be taken for its last line.
      return wasMapped ? [[column]] : [];
    }),
  );
  const sourcesContent = map.sourcesContent.map((content, source) => (isPackage[source] ? null : content));
  return JSON.stringify({ ...map, sourcesContent, mappings: encode(mappings) });
}
