/** One property or method of a host object, as the plugin sees it. */
export interface Member<Self> {
  readonly get?: (self: Self) => unknown;
  readonly set?: (self: Self, value: unknown) => void;
  readonly call?: (self: Self, ...args: readonly unknown[]) => unknown;
}

export type Members<Self> = Readonly<Record<string, Member<Self>>>;

/** What all host objects of one kind look like. */
export interface Shape {
  readonly name: string;
  readonly members: Members<never>;
}

/** A host object that the plugin holds by reference: a node, an image, `figma` itself. Everything else is copied. */
export class Live {
  readonly shape: Shape;
  readonly self: unknown;

  constructor(shape: Shape, self: unknown) {
    this.shape = shape;
    this.self = self;
  }
}

export function live<Self>(name: string, members: Members<NoInfer<Self>>, self: Self): Live {
  return new Live(shapeOf(name, members), self);
}

export function shapeOf<Self>(name: string, members: Members<Self>): Shape {
  return { name, members: members as Members<never> };
}

/** `figma.mixed`. */
export const MIXED: unique symbol = Symbol('figma.mixed');

/** A value that exists in the plugin's realm and may not cross: a Map, a symbol, a circular structure. */
export class Opaque {
  readonly kind: string;

  constructor(kind: string) {
    this.kind = kind;
  }
}

/** A function of the plugin's, callable from the host. Two passes of the same function are the same object here. */
export type GuestFunction = (...args: readonly unknown[]) => unknown;
