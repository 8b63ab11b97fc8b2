import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { ulid } from 'ulid';
import { formatCredits, MILLICREDITS_PER_CREDIT, type Millicredits, millicredits } from '../../shared/credits.ts';
import { createGiftCodes } from '../gifts/gift-codes.ts';
import type { Ledger } from '../ledger/index.ts';
import { listPools } from '../ledger/list-pools.ts';
import type { RedisClient } from '../redis/connect.ts';
import { type Act, perform } from './act.ts';
import { addGiftCodeCommands } from './gift-code-commands.ts';
import { createPrinter } from './printer.ts';
import { addRefundCommands, type RefundTill } from './refund-commands.ts';
import { reportAudit, reportLiabilities, reportStatement } from './reports.ts';

export interface ProgramOptions {
  readonly redis: RedisClient;
  readonly ledger: Ledger;
  /** @throws Error when the broker has no Stripe account. */
  readonly openTill: () => RefundTill;
  readonly write: (text: string) => void;
  /** Who is at the terminal, when `--actor` does not say. */
  readonly user: string;
  /** Called when a command found something wrong, or was refused. */
  readonly fail: () => void;
}

interface ActOptions {
  readonly reason: string;
  readonly actor: string;
  readonly id?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** The operator's commands. What changes a pool says first what it would do, and does it with `--yes`. */
export function createProgram({ redis, ledger, openTill, write, user, fail }: ProgramOptions): Command {
  const program = new Command('admin').description('The operator’s commands').configureOutput({ writeOut: write });
  const report = (name: string) => program.command(name).option('--json', 'one JSON object a line');
  const printer = (json: boolean | undefined) => createPrinter(write, json ?? false);

  /** A command that changes a pool; `toAct` tells what its arguments ask for. */
  const change = (name: string, description: string) =>
    report(name)
      .description(description)
      .argument('<pool>')
      .requiredOption('--reason <why>', 'kept in the entry')
      .option('--actor <who>', 'kept in the entry', `operator:${user}`)
      .option('--id <id>', 'the operation’s id: under it, it happens once')
      .option('--yes', 'do it');
  const carryOut = async (
    poolId: string,
    { reason, actor, id = ulid().toLowerCase(), yes = false, json }: ActOptions,
    toAct: (entry: Entry) => Omit<Act, keyof Entry>,
  ) => {
    const entry = { poolId, operationId: id, reason, actor };
    if (!(await perform(ledger, { ...entry, ...toAct(entry) }, yes, printer(json)))) fail();
  };

  report('audit')
    .description('checks that every balance follows from its entries')
    .argument('[pool]')
    .option('--all', 'every pool')
    .action(async (pool: string | undefined, { all, json }: { all?: boolean; json?: boolean }) => {
      if ((pool === undefined) !== (all === true)) throw new InvalidArgumentError('name a pool, or say --all');
      const pools = pool === undefined ? await listPools(redis) : [pool];
      if (!(await reportAudit(redis, pools, printer(json)))) fail();
    });
  report('statement')
    .description('the entries of a pool, oldest first')
    .argument('<pool>')
    .action((pool: string, { json }: { json?: boolean }) => reportStatement(ledger, pool, printer(json)));
  report('liabilities')
    .description('what all pools together have and have not spent')
    .action(({ json }: { json?: boolean }) => reportLiabilities(redis, ledger, printer(json)));

  change('grant', 'gives credits, as a gift')
    .addArgument(new Argument('<credits>').argParser(parseCredits))
    .action((pool: string, amount: Millicredits, options: ActOptions) => {
      if (amount < 0) throw new InvalidArgumentError('a grant is more than nothing; to take, use adjust');
      return carryOut(pool, options, ({ poolId, operationId, reason, actor }) => ({
        what: `Give ${formatCredits(amount)}`,
        carryOut: () =>
          ledger.topup({ poolId, paymentId: operationId, amount, origin: 'gift', reference: reason, actor }),
      }));
    });
  change('adjust', 'corrects a balance, up or down')
    .addArgument(new Argument('<credits>').argParser(parseCredits))
    .addOption(new Option('--origin <origin>', 'what is corrected').choices(['paid', 'gift']).makeOptionMandatory(true))
    .action((pool: string, amount: Millicredits, options: ActOptions & { origin: 'paid' | 'gift' }) =>
      carryOut(pool, options, ({ poolId, operationId, reason, actor }) => ({
        what: `Adjust ${options.origin} by ${formatCredits(amount)}`,
        carryOut: () =>
          ledger.adjust({ poolId, operationId, change: amount, origin: options.origin, why: reason, actor }),
      })),
    );
  for (const kind of ['freeze', 'thaw'] as const) {
    change(kind, kind === 'freeze' ? 'stops new generations' : 'allows them again').action(
      (pool: string, options: ActOptions) =>
        carryOut(pool, options, ({ poolId, operationId, reason, actor }) => ({
          what: kind === 'freeze' ? 'Freeze' : 'Thaw',
          carryOut: () => ledger[kind]({ poolId, operationId, why: reason, actor }),
        })),
    );
  }
  addGiftCodeCommands(program, {
    codes: createGiftCodes(redis, Date.now),
    printer,
    parseCredits,
    user,
    clock: Date.now,
  });
  addRefundCommands(program, {
    openTill,
    listPools: () => listPools(redis),
    printer,
    parseCredits,
    user,
    fail,
    clock: Date.now,
  });
  return program;
}

type Entry = Pick<Act, 'poolId' | 'operationId' | 'reason' | 'actor'>;

/** Credits with up to three decimals, as people write them. */
function parseCredits(text: string): Millicredits {
  const amount = Math.round(Number(text) * MILLICREDITS_PER_CREDIT);
  if (!/^-?\d+(\.\d{1,3})?$/.test(text) || amount === 0) {
    throw new InvalidArgumentError('a number of credits, with at most three decimals, and not 0');
  }
  return millicredits(amount);
}
