import { Command } from 'commander';
import type { Model } from '../../shared/catalogue/model.ts';
import { createPrinter } from '../admin/printer.ts';
import type { Provider } from '../providers/provider.ts';
import { checkProvider, type ProviderReport } from './check-provider.ts';

export interface ProgramOptions {
  /** The configured ones, by name. */
  readonly providers: ReadonlyMap<string, Pick<Provider, 'name' | 'serves' | 'check'>>;
  readonly models: readonly Model[];
  /** What must not be printed, whoever repeats it. */
  readonly secrets: readonly string[];
  readonly write: (text: string) => void;
  /** Called when something is wrong. */
  readonly fail: () => void;
}

/** How long one provider may take over everything that it is asked, in ms. */
const DEADLINE = 120_000;

/** The command that asks providers about the operator's accounts. */
export function createProgram({ providers, models, secrets, write, fail }: ProgramOptions): Command {
  const safely = (text: string) => write(secrets.reduce((said, secret) => said.replaceAll(secret, '[key]'), text));
  const program = new Command('providers')
    .description('The providers behind this broker')
    .configureOutput({ writeOut: write });
  program
    .command('check')
    .description('asks each configured provider, by free requests, about access, balance and the catalogue’s paths')
    .argument('[name]', 'this provider alone')
    .option('--json', 'one JSON object a line')
    .action(async (name: string | undefined, { json = false }: { json?: boolean }) => {
      const asked = [...providers.values()].filter((provider) => name === undefined || provider.name === name);
      if (asked.length === 0)
        throw new Error(
          name ? `${name} is not configured: set its key` : 'No provider is configured: set the key of one',
        );
      const print = createPrinter(safely, json);
      const signal = AbortSignal.timeout(DEADLINE);
      const reports = asked.map((provider) => checkProvider(provider, models, signal));
      for (const report of await Promise.all(reports)) {
        print(report, describe(report));
        if (!report.ok) fail();
      }
    });
  return program;
}

function describe({ provider, access, balance, paths, unknown, cause }: ProviderReport): string {
  const title = [
    `${provider}: ${access}`,
    balance === null ? null : `${balance} left`,
    knowledge(paths, unknown, access),
    cause ?? null,
  ].filter((part) => part !== null);
  const lost = (unknown ?? []).map(({ path, models }) => `  no longer there: ${path} (${models.join(', ')})`);
  return [title.join(', '), ...lost].join('\n');
}

function knowledge(paths: number, unknown: ProviderReport['unknown'], access: ProviderReport['access']): string | null {
  if (access !== 'accepted') return null;
  const all = `${paths} ${paths === 1 ? 'path' : 'paths'} of the catalogue`;
  if (unknown === null) return `${all}, about which it cannot be asked`;
  return unknown.length === 0 ? `${all}, all known` : `${all}, ${unknown.length} unknown`;
}
