import { type Command, InvalidArgumentError } from 'commander';
import { listPools } from '../ledger/list-pools.ts';
import type { OpenBooks } from './books.ts';
import { reportOrphans } from './orphan-report.ts';
import type { Printer } from './printer.ts';
import { reportAudit, reportLiabilities } from './reports.ts';
import { reportStatement, saveStatement } from './statement-report.ts';

export interface ReportCommandsOptions {
  readonly open: OpenBooks;
  readonly printer: (json: boolean | undefined) => Printer;
  /** Called when a command found something wrong. */
  readonly fail: () => void;
  /** ms since 1970 */
  readonly clock: () => number;
}

interface Json {
  readonly json?: boolean;
}

/** `audit`, `statement`, `orphans` and `liabilities`: they change nothing. */
export function addReportCommands(program: Command, { open, printer, fail, clock }: ReportCommandsOptions): void {
  const report = (name: string) => program.command(name).option('--json', 'one JSON object a line');

  report('audit')
    .description('checks that every balance follows from its entries')
    .argument('[pool]')
    .option('--all', 'every pool')
    .action(async (pool: string | undefined, { all, json }: Json & { readonly all?: boolean }) => {
      if ((pool === undefined) !== (all === true)) throw new InvalidArgumentError('name a pool, or say --all');
      const { redis } = await open();
      const pools = pool === undefined ? await listPools(redis) : [pool];
      if (!(await reportAudit(redis, pools, printer(json)))) fail();
    });
  report('statement')
    .description('every entry of a pool, oldest first')
    .argument('<pool>')
    .option('--out <file>', 'into a new file, signed, for verify')
    .action(async (pool: string, { out, json }: Json & { readonly out?: string }) => {
      const books = await open();
      await (out === undefined
        ? reportStatement(books, pool, printer(json))
        : saveStatement({ ...books, clock }, pool, out, printer(json)));
    });
  report('orphans')
    .description('what providers may bill although nobody was charged')
    .action(async ({ json }: Json) => {
      const { redis, ledger } = await open();
      await reportOrphans(redis, ledger, printer(json));
    });
  report('liabilities')
    .description('what all pools together have and have not spent')
    .action(async ({ json }: Json) => {
      const { redis, ledger } = await open();
      await reportLiabilities(redis, ledger, printer(json));
    });
}
