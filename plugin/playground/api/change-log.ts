import type { NodeRecord } from '../document/record.ts';
import type { Change } from '../document/store.ts';
import type { PluginContext } from './context.ts';

export interface ChangeLog {
  add(pageId: string, change: Change): void;
}

type Pair = { before: NodeRecord | undefined; after: NodeRecord | undefined };

/** Gathers writes into `nodechange` events of pages and `documentchange` events, one entry per node and turn. */
export function createChangeLog(context: PluginContext): ChangeLog {
  const pages = new Map<string, Map<string, Pair>>();
  const whole = new Map<string, Pair>();

  const gather = (into: Map<string, Pair>, { id, before, after }: Change): void => {
    const known = into.get(id);
    into.set(id, { before: known === undefined ? before : known.before, after });
  };
  const drain = (from: Map<string, Pair>): readonly unknown[] => {
    const entries = [...from].flatMap(([id, pair]) => describe(context, id, pair));
    from.clear();
    return entries;
  };

  return {
    add(pageId, change) {
      const type = `nodechange ${pageId}`;
      if (context.events.has(type)) {
        const page = pages.get(pageId) ?? new Map<string, Pair>();
        pages.set(pageId, page);
        gather(page, change);
        context.events.later(type, () => ({ nodeChanges: drain(page) }));
      }
      if (context.events.has('documentchange')) {
        gather(whole, change);
        context.events.later('documentchange', () => ({ documentChanges: drain(whole) }));
      }
    },
  };
}

function describe(context: PluginContext, id: string, { before, after }: Pair): readonly unknown[] {
  if (before === undefined && after === undefined) return [];
  if (after === undefined)
    return [{ type: 'DELETE', origin: 'LOCAL', id, node: { removed: true, type: before?.type, id } }];
  const node = context.nodeOf(id);
  if (before === undefined) return [{ type: 'CREATE', origin: 'LOCAL', id, node }];
  const keys = (Object.keys(after) as (keyof NodeRecord)[]).filter((key) => before[key] !== after[key]);
  const properties = [...new Set(keys.map(propertyName))];
  return [{ type: 'PROPERTY_CHANGE', origin: 'LOCAL', id, node, properties }];
}

function propertyName(key: keyof NodeRecord): string {
  if (key === 'parentId' || key === 'childIds') return 'parent';
  if (key === 'data') return 'pluginData';
  return key === 'relaunch' ? 'relaunchData' : key;
}
