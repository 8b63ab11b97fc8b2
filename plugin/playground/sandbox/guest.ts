/**
 * What runs inside the VM before the plugin: the other half of `membrane.ts`. It is sent there as its own source text, so
 * it must not use anything from outside its braces.
 *
 * Values cross as JSON in which every composite is an array led by a tag; bytes travel beside it as array buffers.
 */

export type Encoded = null | boolean | string | number | readonly [string, ...unknown[]];

/** Host side of one crossing: an operation, its packed argument, its bytes; answers packed. */
export type Crossing = (
  operation: string,
  payload: string,
  ...bytes: ArrayBuffer[]
) => string | [string, ...ArrayBuffer[]];

type Callable = (...args: unknown[]) => unknown;

export function guest(host: Crossing, global: Record<string, unknown>): Crossing {
  const objects = new Map<number, object>();
  const idOf = new WeakMap<object, number>();
  const shapes = new Map<string, object>();
  const functions = new Map<number, Callable>();
  const functionId = new WeakMap<Callable, number>();
  const hostFunctions = new Map<number, Callable>();
  const promises = new Map<number, { resolve: (value: unknown) => void; reject: (reason: unknown) => void }>();
  const timers = new Map<number, { run: Callable; repeats: boolean }>();
  const mixed = Symbol('figma.mixed');
  let lastFunction = 0;
  let lastTimer = 0;

  const reach = (operation: string, value: unknown): unknown => {
    const bytes: ArrayBuffer[] = [];
    const packed = JSON.stringify(encode(value, bytes, new Set()));
    const reply = host(operation, packed, ...bytes);
    const [text, ...back] = typeof reply === 'string' ? [reply] : reply;
    const encoded = JSON.parse(text as string) as Encoded;
    if (Array.isArray(encoded) && encoded[0] === 'throw') throw decode(encoded[1] as Encoded, back);
    return decode(encoded, back);
  };

  const encodeFunction = (value: Callable): Encoded => {
    let id = functionId.get(value);
    if (id === undefined) {
      lastFunction += 1;
      id = lastFunction;
      functionId.set(value, id);
      functions.set(id, value);
    }
    return ['function', id];
  };

  const encode = (value: unknown, bytes: ArrayBuffer[], path: Set<unknown>): Encoded => {
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (value === undefined) return ['undefined'];
    if (typeof value === 'number') {
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : ['number', Object.is(value, -0) ? '-0' : String(value)];
    }
    if (typeof value === 'bigint') return ['opaque', 'BigInt'];
    if (typeof value === 'symbol') return value === mixed ? ['mixed'] : ['opaque', 'Symbol'];
    if (typeof value === 'function') return encodeFunction(value as Callable);
    const live = idOf.get(value);
    if (live !== undefined) return ['live', live];
    if (value instanceof Uint8Array) {
      bytes.push(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength) as ArrayBuffer);
      return ['bytes', bytes.length - 1];
    }
    if (value instanceof Date) return ['date', value.getTime()];
    if (value instanceof Error) return ['error', String(value.name), String(value.message), String(value.stack ?? '')];
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    if (kind !== 'Object' && kind !== 'Array') return ['opaque', kind];
    if (path.has(value)) return ['opaque', 'circular structure'];
    path.add(value);
    const encoded: Encoded = Array.isArray(value)
      ? ['array', value.map((item) => encode(item, bytes, path))]
      : ['object', Object.entries(value).map(([key, item]) => [key, encode(item, bytes, path)])];
    path.delete(value);
    return encoded;
  };

  const decodeFunction = (id: number): Callable => {
    const known = hostFunctions.get(id);
    if (known !== undefined) return known;
    const made: Callable = (...args) => reach('invoke', [id, args]);
    hostFunctions.set(id, made);
    return made;
  };

  const decodeError = (name: string, message: string): Error => {
    const kind = name === 'TypeError' ? TypeError : name === 'SyntaxError' ? SyntaxError : Error;
    return new kind(message);
  };

  const decode = (encoded: Encoded, bytes: ArrayBuffer[]): unknown => {
    if (!Array.isArray(encoded)) return encoded;
    const [tag, first, second] = encoded as [string, unknown, unknown];
    switch (tag) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(first);
      case 'mixed':
        return mixed;
      case 'bytes':
        return new Uint8Array(bytes[first as number] as ArrayBuffer);
      case 'buffer':
        return bytes[first as number];
      case 'date':
        return new Date(first as number);
      case 'error':
        return decodeError(first as string, second as string);
      case 'array':
        return (first as Encoded[]).map((item) => decode(item, bytes));
      case 'object':
        return Object.fromEntries((first as [string, Encoded][]).map(([key, item]) => [key, decode(item, bytes)]));
      case 'live':
        return liveObject(first as number, second as string);
      case 'function':
        return functions.get(first as number);
      case 'host-function':
        return decodeFunction(first as number);
      case 'promise':
        return new Promise((resolve, reject) => promises.set(first as number, { resolve, reject }));
      default:
        throw new TypeError(`Unknown tag ${tag}`);
    }
  };

  /** Nodes are not extensible (assumption `unknown-property`). */
  const liveObject = (id: number, shape: string): object => {
    const known = objects.get(id);
    if (known !== undefined) return known;
    const made = Object.create(prototypeOf(shape)) as object;
    objects.set(id, made);
    idOf.set(made, id);
    return Object.preventExtensions(made);
  };

  const prototypeOf = (shape: string): object => {
    const known = shapes.get(shape);
    if (known !== undefined) return known;
    const made = {};
    shapes.set(shape, made);
    for (const [key, kind] of reach('shape', shape) as [string, 'get' | 'set' | 'call'][]) {
      Object.defineProperty(made, key, kind === 'call' ? methodOf(key) : propertyOf(key, kind === 'set'));
    }
    return made;
  };

  const idOfThis = (self: unknown, key: string): number => {
    const id = idOf.get(self as object);
    if (id === undefined) throw new TypeError(`"${key}" was called on something that is not Figma's own object`);
    return id;
  };

  const methodOf = (key: string): PropertyDescriptor => {
    const method = function (this: unknown, ...args: unknown[]): unknown {
      return reach('call', [idOfThis(this, key), key, args]);
    };
    return {
      enumerable: true,
      get() {
        reach('touch', idOfThis(this, key));
        return method;
      },
    };
  };

  const propertyOf = (key: string, writable: boolean): PropertyDescriptor => {
    const descriptor: PropertyDescriptor = {
      enumerable: true,
      get() {
        return reach('get', [idOfThis(this, key), key]);
      },
    };
    if (writable) {
      descriptor.set = function (this: unknown, value: unknown) {
        reach('set', [idOfThis(this, key), key, value]);
      };
    }
    return descriptor;
  };

  const report = (reason: unknown): void => {
    reach('uncaught', reason instanceof Error ? reason : new Error(String(reason)));
  };

  const watch = (result: unknown): unknown => {
    if (result instanceof Promise) result.catch(report);
    return result instanceof Promise ? undefined : result;
  };

  const startTimer = (run: unknown, delay: unknown, repeats: boolean): number => {
    if (typeof run !== 'function') throw new TypeError('The callback of a timer must be a function');
    lastTimer += 1;
    timers.set(lastTimer, { run: run as Callable, repeats });
    reach('timer', [lastTimer, Number(delay) || 0, repeats]);
    return lastTimer;
  };

  const stopTimer = (id: unknown): void => {
    if (timers.delete(id as number)) reach('stop-timer', id);
  };

  const clone = (value: unknown, seen: Map<unknown, unknown>): unknown => {
    if (
      typeof value === 'function' ||
      typeof value === 'symbol' ||
      (typeof value === 'object' && idOf.has(value ?? {}))
    ) {
      const error = new Error(`${String(value)} could not be cloned.`);
      error.name = 'DataCloneError';
      throw error;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    const keep = <T extends object>(copy: T): T => {
      seen.set(value, copy);
      return copy;
    };
    if (value instanceof Date) return keep(new Date(value.getTime()));
    if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
    if (value instanceof ArrayBuffer) return keep(value.slice(0));
    if (ArrayBuffer.isView(value)) {
      const buffer = clone(value.buffer, seen) as ArrayBuffer;
      const view = value as Uint8Array;
      const length = value instanceof DataView ? value.byteLength : view.length;
      return keep(new (view.constructor as Uint8ArrayConstructor)(buffer, view.byteOffset, length));
    }
    if (value instanceof Map) {
      const copy = keep(new Map());
      for (const [key, item] of value) copy.set(clone(key, seen), clone(item, seen));
      return copy;
    }
    if (value instanceof Set) {
      const copy = keep(new Set());
      for (const item of value) copy.add(clone(item, seen));
      return copy;
    }
    if (value instanceof Error) return keep(decodeError(value.name, value.message));
    const copy = keep((Array.isArray(value) ? new Array(value.length) : {}) as Record<string, unknown>);
    for (const [key, item] of Object.entries(value)) copy[key] = clone(item, seen);
    return copy;
  };

  const define = (name: string, value: unknown): void => {
    Object.defineProperty(global, name, { value, writable: true, configurable: true, enumerable: false });
  };

  const answer = (operation: string, value: unknown): unknown => {
    if (operation === 'define') {
      const [name, made] = value as [string, unknown];
      return define(name, made);
    }
    if (operation === 'callback') {
      const [id, args] = value as [number, unknown[]];
      return watch(functions.get(id)?.(...args));
    }
    if (operation === 'settle') {
      const [id, fulfilled, result] = value as [number, boolean, unknown];
      const promise = promises.get(id);
      promises.delete(id);
      return fulfilled ? promise?.resolve(result) : promise?.reject(result);
    }
    const timer = timers.get(value as number);
    if (timer !== undefined && !timer.repeats) timers.delete(value as number);
    return watch(timer?.run());
  };

  define('setTimeout', (run: unknown, delay: unknown) => startTimer(run, delay, false));
  define('setInterval', (run: unknown, delay: unknown) => startTimer(run, delay, true));
  define('clearTimeout', stopTimer);
  define('clearInterval', stopTimer);
  define('structuredClone', (value: unknown) => clone(value, new Map()));

  return (operation, payload, ...received) => {
    const bytes: ArrayBuffer[] = [];
    let encoded: Encoded;
    try {
      encoded = encode(answer(operation, decode(JSON.parse(payload) as Encoded, received)), bytes, new Set());
    } catch (reason) {
      encoded = ['throw', encode(reason instanceof Error ? reason : new Error(String(reason)), bytes, new Set())];
    }
    return bytes.length === 0 ? JSON.stringify(encoded) : [JSON.stringify(encoded), ...bytes];
  };
}
