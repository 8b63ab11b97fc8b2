import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Lua scripts are imported as text, as the broker's build does. */
const luaAsText = {
  name: 'lua-as-text',
  enforce: 'pre' as const,
  load(id: string) {
    return id.endsWith('.lua') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : null;
  },
};

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  plugins: [luaAsText],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    include: ['shared/**/*.test.{ts,tsx}', 'plugin/**/*.test.{ts,tsx}', 'broker/**/*.test.{ts,tsx}'],
    exclude: ['**/*.browser.test.ts', '**/*.crash.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: 'forks',
  },
});
