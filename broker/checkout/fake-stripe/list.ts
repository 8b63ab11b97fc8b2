import type { Request } from 'express';
import { refused } from './refusal.ts';
import type { Store } from './store.ts';

/** The query of a request, with `created[gte]`, `types[0]` and `expand[0]` as they were written. */
export function queryOf(req: Request): URLSearchParams {
  return new URL(req.originalUrl, 'http://localhost').searchParams;
}

/** Repeated parameters such as `types[0]`, `types[]`. */
export function repeated(query: URLSearchParams, name: string): string[] {
  return [...query].filter(([key]) => key === name || key.startsWith(`${name}[`)).map(([, value]) => value);
}

/**
 * One page of a list, newest first (docs.stripe.com/api/pagination): `ending_before` gives the page just before an
 * object, not the first one.
 */
export function pageOf<T extends { id: string; created: number }>(objects: readonly T[], req: Request) {
  const query = queryOf(req);
  const since = Number(query.get('created[gte]') ?? 0);
  const until = Number(query.get('created[lt]') ?? Number.MAX_SAFE_INTEGER);
  const limit = Number(query.get('limit') ?? 10);
  if (limit < 1 || limit > 100) throw refused('This value must be between 1 and 100.', { param: 'limit' });
  const fitting = objects.filter(({ created }) => created >= since && created < until);
  const after = query.get('starting_after');
  const before = query.get('ending_before');
  const at = (id: string) => {
    const index = fitting.findIndex((object) => object.id === id);
    if (index < 0) throw refused(`No such object: '${id}'`, { code: 'resource_missing' });
    return index;
  };
  const end = before ? at(before) : fitting.length;
  const start = after ? at(after) + 1 : before ? Math.max(0, end - limit) : 0;
  const data = fitting.slice(start, Math.min(start + limit, end));
  const hasMore = before ? start > 0 : start + data.length < end;
  return { object: 'list', url: req.path, has_more: hasMore, data };
}

/** Puts objects where their ids are, along paths such as `payment_intent.latest_charge` and `data.customer`. */
export function expand(store: Store, answer: object, paths: readonly string[]): object {
  return paths.reduce((grown, path) => expandPath(store, grown, path.split('.')), answer);
}

function expandPath(store: Store, value: unknown, [name = '', ...rest]: readonly string[]): object {
  const object: Record<string, unknown> = { ...(value as object) };
  const there = object[name];
  if (Array.isArray(there)) return { ...object, [name]: there.map((item) => expandPath(store, item, rest)) };
  const whole = typeof there === 'string' ? store.resolve(there) : there;
  if (!whole) return object;
  return { ...object, [name]: rest.length > 0 ? expandPath(store, whole, rest) : whole };
}
