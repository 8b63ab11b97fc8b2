import { Live, Opaque } from './live.ts';

/**
 * Copies a message by Figma's rule: objects, arrays, numbers, strings, booleans, null, undefined, Date and Uint8Array.
 * Prototypes are dropped; size does not matter (assumption `message-size`).
 *
 * @throws Error that names what cannot be sent and where it is in the message.
 */
export function copyMessage(value: unknown): unknown {
  return copy(value, 'message', []);
}

function copy(value: unknown, path: string, above: readonly unknown[]): unknown {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
    case 'number':
    case 'string':
      return value;
    case 'object':
      return value === null ? null : copyObject(value, path, above);
    default:
      return refuse(path, `a ${typeof value}`);
  }
}

function copyObject(value: object, path: string, above: readonly unknown[]): unknown {
  if (value instanceof Opaque) return refuse(path, `a ${value.kind}`);
  if (value instanceof Live) return refuse(path, 'an object of the figma API');
  if (above.includes(value)) return refuse(path, 'a circular structure');
  const inside = [...above, value];
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  switch (kind) {
    case 'Array':
      return (value as unknown[]).map((item, index) => copy(item, `${path}[${index}]`, inside));
    case 'Date':
      return new Date((value as Date).getTime());
    case 'Uint8Array':
      return (value as Uint8Array).slice();
    case 'Object':
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, copy(item, `${path}.${key}`, inside)]),
      );
    default:
      return refuse(path, `a ${kind}`);
  }
}

function refuse(path: string, what: string): never {
  throw new Error(`Cannot send ${what} in a message (at ${path})`);
}
