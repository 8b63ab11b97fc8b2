/** One thing wrong with a manifest. */
export interface ManifestFault {
  /** Where, as in `networkAccess.allowedDomains[0]`; '' is the whole file. */
  readonly path: string;
  /** In Figma's words where they are known, else in ours. */
  readonly message: string;
}

export type Rule = (value: unknown, path: string) => readonly ManifestFault[];

export const NONE: readonly ManifestFault[] = [];

export function fault(path: string, message: string): readonly ManifestFault[] {
  return [{ path, message }];
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const text: Rule = (value, path) =>
  typeof value === 'string' && value !== '' ? NONE : fault(path, `Expected ${path} to be a non-empty string`);

export const flag: Rule = (value, path) =>
  typeof value === 'boolean' ? NONE : fault(path, `Expected ${path} to be a boolean`);

export const exactly =
  (expected: string | boolean): Rule =>
  (value, path) =>
    value === expected ? NONE : fault(path, `Invalid value for ${path}. Expected ${JSON.stringify(expected)}`);

export const list =
  (rule: Rule, least = 0): Rule =>
  (value, path) => {
    if (!Array.isArray(value)) return fault(path, `Expected ${path} to be an array`);
    if (value.length < least) return fault(path, `Expected ${path} to have at least ${least} entry`);
    return value.flatMap((item, index) => rule(item, `${path}[${index}]`));
  };

export const oneOf =
  (...allowed: readonly string[]): Rule =>
  (value, path) =>
    allowed.some((item) => item === value)
      ? NONE
      : fault(path, `Invalid value for ${path}. Expected one of ${allowed.map((item) => `'${item}'`).join(', ')}`);

export const optional = (rule: Rule): Rule =>
  Object.assign(((value, path) => rule(value, path)) as Rule, { isOptional: true });

/** An object with exactly these fields; unknown ones are refused in Figma's words. */
export const fields =
  (shape: Readonly<Record<string, Rule>>): Rule =>
  (value, path) => {
    if (!isObject(value)) return fault(path, `Expected ${path === '' ? 'the manifest' : path} to be an object`);
    const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
    const unknown = Object.keys(value)
      .filter((key) => !Object.hasOwn(shape, key))
      .flatMap((key) => fault(at(key), `Invalid manifest field '${at(key)}'`));
    const known = Object.entries(shape).flatMap(([key, rule]) => {
      if (value[key] !== undefined) return rule(value[key], at(key));
      return 'isOptional' in rule ? NONE : fault(at(key), `Missing required manifest field '${at(key)}'`);
    });
    return [...unknown, ...known];
  };
