import type { Encoded } from './guest.ts';
import type { GuestFunction, Live, Members, Shape } from './live.ts';
import { pack, unpack } from './packing.ts';
import { createVm, type Vm, type VmFault, type VmReply } from './vm.ts';

export interface MembraneOptions {
  readonly wasm?: WebAssembly.Module;
  readonly turnLimit: number;
  readonly now: () => number;
  /** Runs `task` every or after `delay` ms; returns the way to stop it. */
  readonly startTimer: (task: () => void, delay: number, repeats: boolean) => () => void;
  /** An error that the plugin did not catch. */
  readonly onUncaught: (fault: VmFault) => void;
}

export interface Membrane {
  /** Makes a host value a global of the plugin's. */
  define(name: string, value: unknown): void;
  run(source: string, fileName: string): void;
  /**
   * Cancels timers, and makes every further use of a host object throw. Code that is running goes on to the end of its turn
   * (assumption `close-turn`).
   */
  close(): void;
}

/** Assumption `closed-wording`. */
const CLOSED = 'The plugin is closed: the figma API is not available any more';

/** What code that still runs may do: look at what it has, print, fail. */
const AFTER_CLOSE = ['shape', 'invoke', 'uncaught'];

/** Lets the plugin hold host objects by reference and everything else by copy. */
export async function createMembrane(options: MembraneOptions): Promise<Membrane> {
  const objects = new Map<number, Live>();
  const objectIds = new Map<Live, number>();
  const shapes = new Map<string, Shape>();
  const hostFunctions: ((...args: readonly unknown[]) => unknown)[] = [];
  const guestFunctions = new Map<number, GuestFunction>();
  const guestFunctionIds = new Map<unknown, number>();
  const timers = new Map<number, () => void>();
  let lastPromise = 0;
  let closed = false;
  /** How many questions of the plugin's the host is answering right now. */
  let answering = 0;

  const packing = {
    liveId(object: Live): number {
      const known = objectIds.get(object);
      if (known !== undefined) return known;
      const id = objects.size + 1;
      objects.set(id, object);
      objectIds.set(object, id);
      shapes.set(object.shape.name, object.shape);
      return id;
    },
    functionId(value: (...args: readonly unknown[]) => unknown): readonly ['function' | 'host-function', number] {
      const guestId = guestFunctionIds.get(value);
      if (guestId !== undefined) return ['function', guestId];
      const known = hostFunctions.indexOf(value);
      return ['host-function', known === -1 ? hostFunctions.push(value) - 1 : known];
    },
    promiseId(promise: Promise<unknown>): number {
      lastPromise += 1;
      const id = lastPromise;
      promise.then(
        (value) => enter('settle', [id, true, value]),
        (reason) => enter('settle', [id, false, reason instanceof Error ? reason : new Error(String(reason))]),
      );
      return id;
    },
  };

  const unpacking = {
    liveObject(id: number): Live {
      const object = objects.get(id);
      if (object === undefined) throw new TypeError('Unknown object');
      return object;
    },
    guestFunction(id: number): GuestFunction {
      const known = guestFunctions.get(id);
      if (known !== undefined) return known;
      const made: GuestFunction = (...args) => enter('callback', [id, args]);
      guestFunctions.set(id, made);
      guestFunctionIds.set(made, id);
      return made;
    },
  };

  const write = (value: unknown): VmReply => {
    const bytes: Uint8Array[] = [];
    return { payload: JSON.stringify(pack(value, bytes, packing)), bytes };
  };

  /** Calls into the plugin. What it throws goes back to it when it is waiting for the host, else it is reported. */
  const enter = (operation: string, value: unknown): unknown => {
    if (closed) return undefined;
    const sent = write(value);
    const reply = vm.dispatch(operation, sent.payload, sent.bytes);
    const encoded = JSON.parse(reply.payload) as Encoded;
    if (Array.isArray(encoded) && encoded[0] === 'throw') {
      const error = unpack(encoded[1] as Encoded, reply.bytes, unpacking) as Error;
      if (answering > 0) throw error;
      options.onUncaught({ name: error.name, message: error.message, stack: error.stack ?? '' });
      return undefined;
    }
    return unpack(encoded, reply.bytes, unpacking);
  };

  const member = (id: unknown, key: unknown): { self: never; found: Members<never>[string]; key: string } => {
    const object = unpacking.liveObject(id as number);
    const found = object.shape.members[key as string];
    if (found === undefined) throw new TypeError(`no such property '${String(key)}'`);
    return { self: object.self as never, found, key: key as string };
  };

  const operations: Record<string, (value: never) => unknown> = {
    shape: (name: string) =>
      Object.entries(shapes.get(name)?.members ?? {}).map(([key, { call, set }]) => [
        key,
        call !== undefined ? 'call' : set !== undefined ? 'set' : 'get',
      ]),
    touch: () => undefined,
    get: ([id, key]: [number, string]) => {
      const { self, found } = member(id, key);
      return named(`get_${key}`, () => found.get?.(self));
    },
    set: ([id, key, value]: [number, string, unknown]) => {
      const { self, found } = member(id, key);
      return named(`set_${key}`, () => found.set?.(self, value));
    },
    call: ([id, key, args]: [number, string, unknown[]]) => {
      const { self, found } = member(id, key);
      return named(key, () => found.call?.(self, ...args));
    },
    invoke: ([id, args]: [number, unknown[]]) => hostFunctions[id]?.(...args),
    uncaught: (error: Error) =>
      options.onUncaught({ name: error.name, message: error.message, stack: error.stack ?? '' }),
    timer: ([id, delay, repeats]: [number, number, boolean]) => {
      const fire = (): void => {
        if (!repeats) timers.delete(id);
        enter('timer', id);
      };
      timers.set(id, options.startTimer(fire, delay, repeats));
    },
    'stop-timer': (id: number) => {
      timers.get(id)?.();
      timers.delete(id);
    },
  };

  const vm: Vm = await createVm({
    wasm: options.wasm,
    turnLimit: options.turnLimit,
    now: options.now,
    host(operation, payload, bytes) {
      answering += 1;
      try {
        if (closed && !AFTER_CLOSE.includes(operation)) throw new Error(CLOSED);
        const value = unpack(JSON.parse(payload) as Encoded, bytes, unpacking);
        return write(operations[operation]?.(value as never));
      } catch (reason) {
        const error = reason instanceof Error ? reason : new Error(String(reason));
        return { payload: JSON.stringify(['throw', ['error', error.name, error.message]]), bytes: [] };
      } finally {
        answering -= 1;
      }
    },
  });

  return {
    define: (name, value) => void enter('define', [name, value]),
    run(source, fileName) {
      const fault = vm.run(source, fileName);
      if (fault !== null) options.onUncaught(fault);
    },
    close() {
      closed = true;
      for (const stop of timers.values()) stop();
      timers.clear();
      vm.stop();
    },
  };
}

/** Figma names the property or method at fault: `in set_opacity: …`, rejections too (assumption `dynamic-page-prefix`). */
function named(name: string, work: () => unknown): unknown {
  const rename = (reason: unknown): Error => {
    const error = reason instanceof Error ? reason : new Error(String(reason));
    return new Error(`in ${name}: ${error.message}`);
  };
  try {
    const result = work();
    return result instanceof Promise
      ? result.catch((reason) => {
          throw rename(reason);
        })
      : result;
  } catch (reason) {
    throw rename(reason);
  }
}
