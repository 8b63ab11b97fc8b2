import type { Encoded } from './guest.ts';
import { Live, MIXED, Opaque } from './live.ts';

export interface PackContext {
  liveId(object: Live): number;
  functionId(value: (...args: readonly unknown[]) => unknown): readonly ['function' | 'host-function', number];
  promiseId(promise: Promise<unknown>): number;
}

/** The host's half of the crossing format described in `guest.ts`: host value to tagged JSON and byte list. */
export function pack(value: unknown, bytes: Uint8Array[], context: PackContext): Encoded {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (value === undefined) return ['undefined'];
  if (value === MIXED) return ['mixed'];
  if (typeof value === 'number') return Number.isFinite(value) ? value : ['number', String(value)];
  if (typeof value === 'function') return context.functionId(value as (...args: readonly unknown[]) => unknown);
  if (value instanceof Live) return ['live', context.liveId(value), value.shape.name];
  if (value instanceof Promise) return ['promise', context.promiseId(value)];
  if (value instanceof Uint8Array) return ['bytes', bytes.push(value) - 1];
  if (value instanceof ArrayBuffer) return ['buffer', bytes.push(new Uint8Array(value)) - 1];
  if (value instanceof Date) return ['date', value.getTime()];
  if (value instanceof Error) return ['error', value.name, value.message];
  if (Array.isArray(value)) return ['array', value.map((item) => pack(item, bytes, context))];
  if (typeof value === 'object') {
    return ['object', Object.entries(value).map(([key, item]) => [key, pack(item, bytes, context)])];
  }
  throw new TypeError(`A ${typeof value} cannot enter the sandbox`);
}

export interface UnpackContext {
  liveObject(id: number): Live;
  guestFunction(id: number): unknown;
}

/** Tagged JSON and bytes from the plugin to host values. What may not cross becomes an `Opaque`. */
export function unpack(encoded: Encoded, bytes: readonly Uint8Array[], context: UnpackContext): unknown {
  if (!Array.isArray(encoded)) return encoded;
  const [tag, first, second, third] = encoded as [string, unknown, unknown, unknown];
  switch (tag) {
    case 'undefined':
      return undefined;
    case 'number':
      return Number(first);
    case 'mixed':
      return MIXED;
    case 'bytes':
      return bytes[first as number];
    case 'date':
      return new Date(first as number);
    case 'error':
      return Object.assign(new Error(String(second)), { name: String(first), stack: String(third) });
    case 'array':
      return (first as Encoded[]).map((item) => unpack(item, bytes, context));
    case 'object':
      return Object.fromEntries(
        (first as [string, Encoded][]).map(([key, item]) => [key, unpack(item, bytes, context)]),
      );
    case 'live':
      return context.liveObject(first as number);
    case 'function':
      return context.guestFunction(first as number);
    case 'opaque':
      return new Opaque(String(first));
    default:
      throw new TypeError(`Unknown tag ${tag}`);
  }
}
