/**
 * Loaded before the built broker (`node --expose-gc --import`): collects garbage on SIGUSR2, so that a test can measure
 * what is really kept. The source map is read before that: whenever the first stack is written, it is kept from then on.
 * @module
 */
import { findSourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

const BROKER = fileURLToPath(new URL('../../dist/broker/start-broker.js', import.meta.url));

process.on('SIGUSR2', () => {
  findSourceMap(BROKER)?.findEntry(0, 0);
  globalThis.gc?.();
});
