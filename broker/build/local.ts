/**
 * Builds what `npm start` runs, at every start: the broker as `dist/broker/local.js`, without its packages, because to put
 * them into it takes longer than to read them from where they are; and the operator's commands.
 * @module
 */
import { BUNDLE, OPERATOR_PROGRAMS } from './bundle.ts';
import { writeBundle } from './write-bundle.ts';

await writeBundle({
  ...BUNDLE,
  entryPoints: [{ in: 'broker/start-broker.ts', out: 'local' }, ...OPERATOR_PROGRAMS],
});
