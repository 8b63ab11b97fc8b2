import { newQuickJSWASMModuleFromVariant, newVariant, RELEASE_SYNC } from 'quickjs-emscripten';
import { guest } from './guest.ts';

export interface VmOptions {
  /** The compiled QuickJS module; without it the library finds its own file (Node). */
  readonly wasm?: WebAssembly.Module;
  /** Answers what the guest asks. */
  readonly host: (operation: string, payload: string, bytes: readonly Uint8Array[]) => VmReply;
  /** A turn that runs longer than this many ms is interrupted. Real Figma would hang (assumption `runaway-loop`). */
  readonly turnLimit: number;
  readonly now: () => number;
}

export interface VmReply {
  readonly payload: string;
  readonly bytes: readonly Uint8Array[];
}

export interface Vm {
  /** Evaluates a script (not a module). Its value is dropped; the source's own rejected promise is reported by the guest. */
  run(source: string, fileName: string): VmFault | null;
  dispatch(operation: string, payload: string, bytes: readonly Uint8Array[]): VmReply;
  /** After this nothing more of the plugin's is started. */
  stop(): void;
}

export interface VmFault {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/**
 * A QuickJS realm with the guest half installed. Each has a WebAssembly memory of its own that is dropped whole, so that no
 * handle needs to be freed when a plugin ends.
 */
export async function createVm(options: VmOptions): Promise<Vm> {
  const { wasm } = options;
  const variant = wasm === undefined ? RELEASE_SYNC : newVariant(RELEASE_SYNC, { wasmModule: async () => wasm });
  const context = (await newQuickJSWASMModuleFromVariant(variant)).newContext();
  let depth = 0;
  let stopped = false;
  let deadline = Number.POSITIVE_INFINITY;
  context.runtime.setInterruptHandler(() => options.now() > deadline);

  /** Outermost entry: starts the clock, and runs the promise jobs when the work is done. */
  const turn = <T>(work: () => T): T => {
    depth += 1;
    if (depth === 1) deadline = options.now() + options.turnLimit;
    try {
      const result = work();
      if (depth === 1 && !stopped) context.runtime.executePendingJobs().dispose();
      return result;
    } finally {
      depth -= 1;
    }
  };

  const fromGuest = context.newFunction('host', (operation, payload, ...buffers) => {
    const bytes = buffers.map((handle) => context.getArrayBuffer(handle).consume((lifetime) => lifetime.value.slice()));
    const reply = options.host(context.getString(operation), context.getString(payload), bytes);
    if (reply.bytes.length === 0) return context.newString(reply.payload);
    const array = context.newArray();
    context.newString(reply.payload).consume((handle) => context.setProp(array, 0, handle));
    for (const [index, item] of reply.bytes.entries()) {
      context.newArrayBuffer(exactBuffer(item)).consume((handle) => context.setProp(array, index + 1, handle));
    }
    return array;
  });
  const install = context.unwrapResult(context.evalCode(`(${guest.toString()})`, 'figma.js'));
  const dispatcher = context.unwrapResult(context.callFunction(install, context.undefined, fromGuest, context.global));

  const dispatch: Vm['dispatch'] = (operation, payload, bytes) => {
    const args = [context.newString(operation), context.newString(payload)];
    for (const item of bytes) args.push(context.newArrayBuffer(exactBuffer(item)));
    const result = turn(() => context.callFunction(dispatcher, context.undefined, ...args));
    for (const handle of args) handle.dispose();
    if (result.error) {
      const fault = readFault(context.dump(result.error));
      result.error.dispose();
      return { payload: JSON.stringify(['throw', ['error', fault.name, fault.message, fault.stack]]), bytes: [] };
    }
    return result.value.consume((value) => readReply(value));
  };

  const readReply = (value: Parameters<typeof context.getString>[0]): VmReply => {
    if (context.typeof(value) === 'string') return { payload: context.getString(value), bytes: [] };
    const length = context.getProp(value, 'length').consume((handle) => context.getNumber(handle));
    const payload = context.getProp(value, 0).consume((handle) => context.getString(handle));
    const bytes = Array.from({ length: length - 1 }, (_, index) =>
      context
        .getProp(value, index + 1)
        .consume((handle) => context.getArrayBuffer(handle).consume((lifetime) => lifetime.value.slice())),
    );
    return { payload, bytes };
  };

  return {
    run(source, fileName) {
      const result = turn(() => context.evalCode(source, fileName, { type: 'global', strict: false }));
      if (!result.error) {
        result.dispose();
        return null;
      }
      const fault = readFault(context.dump(result.error));
      result.error.dispose();
      return fault;
    },
    dispatch,
    stop() {
      stopped = true;
    },
  };
}

function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function readFault(dumped: unknown): VmFault {
  if (typeof dumped === 'object' && dumped !== null) {
    const { name, message, stack } = dumped as Partial<Record<keyof VmFault, unknown>>;
    return { name: String(name ?? 'Error'), message: String(message ?? ''), stack: String(stack ?? '') };
  }
  return { name: 'Error', message: String(dumped), stack: '' };
}
