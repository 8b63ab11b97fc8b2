import fc, { type Arbitrary } from 'fast-check';

/** As much of JSON Schema as the API's document uses. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What a name must stand for so that a request gets anywhere: ids that exist, prices that were signed. */
export type Known = Readonly<Record<string, Arbitrary<unknown>>>;

/** Values that a schema allows; what is `known` by its name is mostly taken from there. */
export function validFor(schema: JsonSchema, known: Known, name = ''): Arbitrary<unknown> {
  const any = anyFor(schema, known);
  const real = known[name];
  return real ? fc.oneof({ weight: 4, arbitrary: real }, { weight: 1, arbitrary: any }) : any;
}

function anyFor(schema: JsonSchema, known: Known): Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return fc.oneof(...variants.map((variant) => anyFor(variant, known)));
  const { minimum = 0, maximum = 1_000 } = schema;
  switch (schema.type) {
    case 'object': {
      const fields = Object.entries(schema.properties ?? {});
      const requiredKeys = schema.required?.filter((key) => key in (schema.properties ?? {})) ?? [];
      return fc.record(Object.fromEntries(fields.map(([key, field]) => [key, validFor(field, known, key)])), {
        requiredKeys: [...requiredKeys],
      });
    }
    case 'array':
      return fc.array(anyFor(schema.items ?? {}, known), { maxLength: 5 });
    case 'integer':
      return fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constantFrom(minimum, maximum));
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return textFor(schema);
    default:
      return fc.jsonValue();
  }
}

function textFor({ pattern, minLength = 0, maxLength = 200 }: JsonSchema): Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ minLength, maxLength: Math.min(maxLength, 200), unit: 'grapheme' });
}

/** What no schema of ours allows, and what has broken parsers elsewhere. */
const NASTY: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    -1,
    -0,
    1e308,
    2 ** 53,
    0.1,
    true,
    [],
    {},
    '__proto__',
    'constructor',
    '../../../etc/passwd',
    '\u0000',
    '\ud800',
    '𝒳'.repeat(2_001),
    "'; DROP TABLE pools; --",
    '{{7*7}}',
    'x'.repeat(40_000),
  ),
  fc.jsonValue({ maxDepth: 6 }),
);

/** A value with one thing wrong with it, somewhere. */
export function brokenFor(schema: JsonSchema, known: Known): Arbitrary<unknown> {
  return fc
    .tuple(validFor(schema, known), fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), NASTY, fc.nat(3))
    .map(([value, path, nasty, how]) => breakAt(value, path, nasty, how));
}

function breakAt(value: unknown, [step = 0, ...path]: readonly number[], nasty: unknown, how: number): unknown {
  if (typeof value !== 'object' || value === null) return nasty;
  const entries = Object.entries(value);
  const entry = entries[step % Math.max(1, entries.length)];
  if (!entry || how === 0)
    return Object.fromEntries([...entries, [typeof nasty === 'string' ? nasty.slice(0, 50) : 'unasked', nasty]]);
  const [key, inner] = entry;
  if (how === 1 && path.length === 0) return Object.fromEntries(entries.filter(([name]) => name !== key));
  return Object.fromEntries(
    entries.map(([name, field]) => [name, name === key ? breakAt(inner, path, nasty, how) : field]),
  );
}
