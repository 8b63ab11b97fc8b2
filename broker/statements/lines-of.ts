import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** The lines of a text file, without their line feeds. */
export function linesOf(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
}
