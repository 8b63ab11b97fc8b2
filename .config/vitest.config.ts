import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { withoutLine } from '../broker/mutants/list-mutants.ts';

/** `broker/ledger/hold.lua:12`, for `npm run test:mutants`: the tests are run without that line. */
const [mutant, line] = (process.env.LUA_WITHOUT_LINE ?? '').split(':');

/** Lua scripts are imported as text, as the broker's build does. */
const luaAsText = {
  name: 'lua-as-text',
  enforce: 'pre' as const,
  load(id: string) {
    if (!id.endsWith('.lua')) return null;
    const script = readFileSync(id, 'utf8');
    const text = mutant && id.endsWith(`/${mutant}`) ? withoutLine(script, Number(line)) : script;
    return `export default ${JSON.stringify(text)}`;
  },
};

const BROWSER = '**/*.browser.test.ts';
const FAULTS = '**/*.faults.test.ts';
const EDGE = '**/*.edge.test.ts';

/**
 * Runs: what needs no browser, what needs one, what is done to a built broker from outside, the ledger once more on a
 * cluster, and what kills processes. Much of each is waiting.
 */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    projects: [
      project('unit', {
        include: ['{shared,plugin,broker}/**/*.test.{ts,tsx}'],
        exclude: [BROWSER, FAULTS, EDGE, '**/node_modules/**'],
        // A fresh module graph per file costs a quarter of the time, and no test changes what it imports.
        isolate: false,
        setupFiles: '.config/shared-worker.ts',
        maxWorkers: 3,
      }),
      project('browser', {
        include: [BROWSER],
        isolate: false,
        globalSetup: '.config/chromium.ts',
        maxWorkers: 3,
        testTimeout: 120_000,
      }),
      project('edge', { include: [EDGE], isolate: false, fileParallelism: false, testTimeout: 300_000 }),
      project('cluster', {
        include: ['broker/ledger/*.test.ts', 'broker/archive/entry-pages.test.ts'],
        // It is about one TCP connection to one server.
        exclude: ['broker/ledger/lost-replies.test.ts'],
        globalSetup: 'broker/redis/test-cluster-setup.ts',
        isolate: false,
        // Some tests change the servers' settings.
        fileParallelism: false,
      }),
      project('faults', { include: [FAULTS], isolate: false, fileParallelism: false, testTimeout: 600_000 }),
    ],
  },
});

function project(name: string, test: Record<string, unknown>) {
  return {
    plugins: [luaAsText],
    oxc: { jsx: { runtime: 'automatic' as const, importSource: 'preact' } },
    // Polls end as soon as they are true; a busy machine may only take longer to get there.
    test: { name, testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 10_000 } }, ...test },
  };
}
