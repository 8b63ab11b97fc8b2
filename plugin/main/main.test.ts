import { describe, expect, test } from 'vitest';
import type { ToMain } from '../../shared/bridge/to-main.ts';
import { look, reserve, startMain } from '../fake-broker/open-main.ts';
import { createTestHost } from '../playground/fixtures/test-host.ts';

const open = startMain();

describe('the panel', () => {
  test('is greeted with a name for the document that stays the same', async () => {
    const { host, tell, last } = await open();
    await tell({ type: 'ready' });
    const first = last('start');
    expect(first).toMatchObject({ session: null, preferences: null, placements: [], outbox: [], reuse: null });
    expect(first?.documentId).toMatch(/^doc_[a-z0-9]{22}$/);
    const again = await open(host);
    await again.tell({ type: 'ready' });
    expect(again.last('start')?.documentId).toBe(first?.documentId);
  });

  test('opens at the size that it was left at, within reason', async () => {
    const { host, tell } = await open();
    expect(host.windows[0]?.options).toMatchObject({ width: 360, height: 640, themeColors: true });
    await tell({ type: 'resize', width: 5000, height: 500.4, done: true });
    await open(host);
    expect(host.windows[1]?.options).toMatchObject({ width: 800, height: 500 });
  });

  test('gets its preferences back', async () => {
    const { host, tell } = await open();
    await tell({ type: 'save-preferences', preferences: '{"modelId":"sketch"}' });
    const again = await open(host);
    await again.tell({ type: 'ready' });
    expect(again.last('start')?.preferences).toBe('{"modelId":"sketch"}');
  });

  test('case 19: hears that a refresh token is stored only when it is', async () => {
    let finish: () => void = () => undefined;
    const stored = new Map<string, unknown>();
    const host = createTestHost({
      storage: {
        get: async (key) => stored.get(key),
        set: (key, value) =>
          new Promise((resolve) => {
            finish = () => {
              stored.set(key, value);
              resolve();
            };
          }),
        delete: async (key) => void stored.delete(key),
        keys: async () => [...stored.keys()],
      },
    });
    const { tell, last } = await open(host);
    const session = { broker: 'http://localhost:8787', refreshToken: 'r1' };
    await tell({ type: 'store-session', call: 1, session });
    expect(last('session')).toBeUndefined();
    finish();
    await tell({ type: 'read-session', call: 2 });
    expect(last('session')).toMatchObject({ call: 2, session });
  });

  test('hears it when a refresh token could not be stored', async () => {
    const full = createTestHost({
      storage: {
        get: async () => undefined,
        set: () => Promise.reject(new Error('full')),
        delete: async () => undefined,
        keys: async () => [],
      },
    });
    const { tell, last } = await open(full);
    await tell({ type: 'store-session', call: 1, session: { broker: 'b', refreshToken: 'r' } });
    expect(last('session')).toBeUndefined();
    expect(last('failed')).toMatchObject({ what: 'store-session' });
  });

  test('hears it when it could not be greeted', async () => {
    const stored = new Map<string, unknown>();
    let isBroken = true;
    const host = createTestHost({
      storage: {
        get: async (key) => {
          if (isBroken) throw new Error('broken');
          return stored.get(key);
        },
        set: async (key, value) => void stored.set(key, value),
        delete: async (key) => void stored.delete(key),
        keys: async () => [...stored.keys()],
      },
    });
    const { tell, last } = await open(host);
    await tell({ type: 'ready' });
    expect(last('start')).toBeUndefined();
    expect(last('failed')).toMatchObject({ what: 'ready' });
    isBroken = false;
    await tell({ type: 'ready' });
    expect(last('start')).toMatchObject({ session: null });
  });

  test('may send nonsense without harm', async () => {
    const { host, tell, last } = await open();
    await tell({ type: 'place', ticket: 5 });
    await tell({ type: 'toString' });
    await tell({ type: 'ready' });
    expect(last('start')).toBeDefined();
    expect(host.faults).toEqual([]);
    expect(host.levels).toContain('error');
  });
});

describe('an order', () => {
  test('case 25: is kept until it is answered, for the document it was made in', async () => {
    const { host, tell } = await open();
    await tell({ type: 'ready' });
    const documentId = String(await look(host, "figma.root.getPluginData('document')"));
    const entry = { ticket: 't1', documentId, order: '{"modelId":"sketch"}' };
    await tell({ ...reserve(), entry } as ToMain);
    const again = await open(host);
    await again.tell({ type: 'ready' });
    expect(again.last('start')?.outbox).toEqual([entry]);
    await again.tell({ type: 'confirm', ticket: 't1', generationId: 'gen_1' });
    const third = await open(host);
    await third.tell({ type: 'ready' });
    expect(third.last('start')?.outbox).toEqual([]);
  });

  test('that cannot be read stays for a version that can, and is told each time until it is given up', async () => {
    const { host, tell } = await open();
    await tell({ type: 'ready' });
    const documentId = String(await look(host, "figma.root.getPluginData('document')"));
    const entry = { ticket: 't1', documentId, order: '{}' };
    const foreign = { id: 't0', document: documentId };
    for (const kept of [[foreign, entry], { t0: foreign }]) {
      host.stored.set('outbox', kept);
      const readable = Array.isArray(kept) ? [entry] : [];
      for (let run = 0; run < 2; run++) {
        const again = await open(host);
        await again.tell({ type: 'ready' });
        expect(again.last('start')).toMatchObject({ outbox: readable, aside: true });
        await again.tell({ ...reserve(), entry: { ...entry, ticket: 't2' } } as ToMain);
        expect(host.stored.get('outbox')).toEqual([...[kept].flat(), { ...entry, ticket: 't2' }]);
        await again.tell({ type: 'confirm', ticket: 't2', generationId: 'gen_2' });
        expect(host.stored.get('outbox')).toEqual([kept].flat());
      }
      const last = await open(host);
      await last.tell({ type: 'release', ticket: 'aside' });
      expect(host.stored.get('outbox')).toEqual(readable);
      await last.tell({ type: 'ready' });
      expect(last.last('start')).toMatchObject({ outbox: readable, aside: false });
    }
  });
});
