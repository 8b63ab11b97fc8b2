/**
 * Loaded before the built broker (`node --expose-gc --import`): collects garbage on SIGUSR2, so that a test can measure
 * what is really kept.
 * @module
 */
process.on('SIGUSR2', () => globalThis.gc?.());
