/**
 * As much of Redis's wire protocol (RESP 2 and 3) as a proxy needs that must know where a command or a reply ends.
 * @module
 */
import { on } from 'node:events';
import type { Socket } from 'node:net';

const END = '\r\n';

/** Where the value that begins at `at` ends; null while not all of it has come. */
function endOfValue(bytes: Buffer, at: number): number | null {
  const line = bytes.indexOf(END, at);
  if (line < 0) return null;
  const head = line + END.length;
  const size = Number(bytes.toString('latin1', at + 1, line));
  switch (String.fromCharCode(bytes[at] ?? 0)) {
    case '$':
    case '=':
    case '!': {
      const end = size < 0 ? head : head + size + END.length;
      return end <= bytes.length ? end : null;
    }
    case '*':
    case '~':
    case '>':
      return endOfValues(bytes, head, size);
    case '%':
    case '|':
      return endOfValues(bytes, head, 2 * size);
    default:
      return head;
  }
}

function endOfValues(bytes: Buffer, from: number, count: number): number | null {
  let at: number | null = from;
  for (let left = count; left > 0 && at !== null; left--) at = endOfValue(bytes, at);
  return at;
}

/**
 * The values that come out of a socket, each whole, until it ends. It is read without regard to how fast they are taken,
 * so that its end is noticed at once.
 */
export async function* valuesOf(socket: Socket): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const [chunk] of on(socket, 'data', { close: ['close'] })) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = endOfValue(rest, 0); end !== null && rest.length > 0; end = endOfValue(rest, 0)) {
      yield rest.subarray(0, end);
      rest = rest.subarray(end);
    }
  }
}

/** The words of a command: an array of bulk strings. */
export function wordsOf(command: Buffer): string[] {
  const words: string[] = [];
  for (let at = command.indexOf(END) + END.length; at < command.length; ) {
    const line = command.indexOf(END, at);
    const start = line + END.length;
    const end = start + Number(command.toString('latin1', at + 1, line));
    words.push(command.toString('utf8', start, end));
    at = end + END.length;
  }
  return words;
}

/** What the server says unasked: no command waits for it. */
export function isPush(reply: Buffer): boolean {
  return reply[0] === '>'.charCodeAt(0);
}
