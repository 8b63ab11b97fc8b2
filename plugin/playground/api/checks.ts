/** Checks of single values, with Figma's wording: `Expected "opacity" to have type number but got string instead`. */

export type Check<T> = (value: unknown, name: string) => T;

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function mismatch(name: string, expected: string, value: unknown): Error {
  return new Error(`Expected "${name}" to have type ${expected} but got ${kindOf(value)} instead`);
}

export const asNumber: Check<number> = (value, name) => {
  if (typeof value !== 'number' || Number.isNaN(value)) throw mismatch(name, 'number', value);
  return value;
};

export const asString: Check<string> = (value, name) => {
  if (typeof value !== 'string') throw mismatch(name, 'string', value);
  return value;
};

export const asBoolean: Check<boolean> = (value, name) => {
  if (typeof value !== 'boolean') throw mismatch(name, 'boolean', value);
  return value;
};

export const asBytes: Check<Uint8Array> = (value, name) => {
  if (!(value instanceof Uint8Array)) throw mismatch(name, 'Uint8Array', value);
  return value;
};

export type Callback = (...args: readonly unknown[]) => unknown;

export const asCallback: Check<Callback> = (value, name) => {
  if (typeof value !== 'function') throw mismatch(name, 'function', value);
  return value as Callback;
};

export const asObject: Check<Readonly<Record<string, unknown>>> = (value, name) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mismatch(name, 'object', value);
  return value as Readonly<Record<string, unknown>>;
};

export const asArray: Check<readonly unknown[]> = (value, name) => {
  if (!Array.isArray(value)) throw mismatch(name, 'array', value);
  return value;
};

export const asPoint: Check<{ readonly x: number; readonly y: number }> = (value, name) => {
  const { x, y } = asObject(value, name);
  return { x: asNumber(x, `${name}.x`), y: asNumber(y, `${name}.y`) };
};

/** A number within limits, both ends included. */
export function numberBetween(low: number, high: number): Check<number> {
  return (value, name) => {
    const number = asNumber(value, name);
    if (number < low || number > high) {
      throw new Error(`Expected "${name}" to be between ${low} and ${high} but got ${number} instead`);
    }
    return number;
  };
}

export const asSize: Check<number> = (value, name) => {
  const number = asNumber(value, name);
  if (number < 0.01) throw new Error(`Expected "${name}" to be at least 0.01 but got ${number} instead`);
  return number;
};

export function oneOf<const T extends string>(...allowed: readonly T[]): Check<T> {
  return (value, name) => {
    const found = allowed.find((item) => item === value);
    if (found !== undefined) return found;
    const list = allowed.map((item) => `'${item}'`).join(' | ');
    throw new Error(
      `Property "${name}" failed validation: Invalid enum value. Expected ${list}, received '${String(value)}'`,
    );
  };
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value, name) => (value === undefined ? undefined : check(value, name));
}
