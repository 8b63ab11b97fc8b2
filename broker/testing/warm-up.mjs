/**
 * Loaded before the built broker (`node --import`): reads all packages that it rests on, then waits for a word from its
 * parent. So a test that starts it often waits for its start and not for the disk.
 * @module
 */
import { once } from 'node:events';

await import(new URL('../../dist/broker/start-broker.js', import.meta.url).href);
process.send?.('warm');
const [word] = await once(process, 'message');
if (word !== 'start') process.exit(1);
process.disconnect?.();
