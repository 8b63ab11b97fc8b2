/**
 * Builds the broker's programs into `dist/broker/`: one file per entry.
 * @module
 */
import type { Plugin } from 'esbuild';
import { BUNDLE, BUNDLE_WITH_PACKAGES, OPERATOR_PROGRAMS } from './bundle.ts';
import { writeBundle } from './write-bundle.ts';

/** The broker itself is in one file only, and the program that runs it imports that. */
const brokerStaysOutside: Plugin = {
  name: 'broker-stays-outside',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/start-broker\.ts$/ }, () => ({ path: './start-broker.js', external: true }));
  },
};

await Promise.all([
  writeBundle({
    ...BUNDLE_WITH_PACKAGES,
    entryPoints: [
      { in: 'broker/main.ts', out: 'main' },
      { in: 'broker/start-broker.ts', out: 'start-broker' },
    ],
    plugins: [brokerStaysOutside],
  }),
  writeBundle({ ...BUNDLE, entryPoints: [...OPERATOR_PROGRAMS] }),
]);
