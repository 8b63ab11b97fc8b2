/**
 * Asks the providers about the operator's accounts, with the broker's own configuration: `npm run providers -- check`.
 * @module
 */
import { readConfig } from '../config.ts';
import { loadCatalogue } from '../models/load-catalogue.ts';
import { createProviders } from '../providers/registry.ts';
import { createProgram } from './program.ts';

try {
  const { REDIS_URL, REDIS_URL_FILE } = process.env;
  // Redis is not asked anything, so it need not be there.
  const config = readConfig({ ...process.env, ...(!REDIS_URL && !REDIS_URL_FILE && { REDIS_URL: 'redis://unused' }) });
  const { hosted, selfHosted } = config;
  const { models } = await loadCatalogue(config.catalogue, config.tariff);
  const program = createProgram({
    providers: createProviders({ sketch: false, hosted, selfHosted }),
    models,
    secrets: [...Object.values(hosted), ...Object.values(selfHosted)].flatMap(({ baseUrl: _public, ...secrets }) =>
      Object.values(secrets).filter((secret) => typeof secret === 'string'),
    ),
    write: (text) => process.stdout.write(text),
    fail: () => {
      process.exitCode = 1;
    },
  });
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
