import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { ulid } from 'ulid';
import { formatCredits, type Millicredits } from '../../shared/credits.ts';
import type { Ledger } from '../ledger/index.ts';
import { type Act, perform } from './act.ts';
import type { OpenBooks } from './books.ts';
import { parseCredits } from './parse-credits.ts';
import type { Printer } from './printer.ts';

export interface ChangeCommandsOptions {
  readonly open: OpenBooks;
  readonly printer: (json: boolean | undefined) => Printer;
  /** Who is at the terminal, when `--actor` does not say. */
  readonly user: string;
  /** Called when the ledger refused. */
  readonly fail: () => void;
}

interface ActOptions {
  readonly reason: string;
  readonly actor: string;
  readonly id?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

type Entry = Pick<Act, 'poolId' | 'operationId' | 'reason' | 'actor'>;

/** `grant`, `adjust`, `freeze` and `thaw`: each becomes an entry of one pool. */
export function addChangeCommands(program: Command, { open, printer, user, fail }: ChangeCommandsOptions): void {
  const change = (name: string, description: string) =>
    program
      .command(name)
      .option('--json', 'one JSON object a line')
      .description(description)
      .argument('<pool>')
      .requiredOption('--reason <why>', 'kept in the entry')
      .option('--actor <who>', 'kept in the entry', `operator:${user}`)
      .option('--id <id>', 'the operation’s id: under it, it happens once')
      .option('--yes', 'do it');

  /** @param toAct tells what the arguments ask for. */
  async function carryOut(
    poolId: string,
    { reason, actor, id = ulid().toLowerCase(), yes = false, json }: ActOptions,
    toAct: (ledger: Ledger, entry: Entry) => Omit<Act, keyof Entry>,
  ): Promise<void> {
    const { ledger } = await open();
    const entry = { poolId, operationId: id, reason, actor };
    if (!(await perform(ledger, { ...entry, ...toAct(ledger, entry) }, yes, printer(json)))) fail();
  }

  change('grant', 'gives credits, as a gift')
    .addArgument(new Argument('<credits>').argParser(parseCredits))
    .action((pool: string, amount: Millicredits, options: ActOptions) => {
      if (amount < 0) throw new InvalidArgumentError('a grant is more than nothing; to take, use adjust');
      return carryOut(pool, options, (ledger, { poolId, operationId, reason, actor }) => ({
        what: `Give ${formatCredits(amount)}`,
        carryOut: () =>
          ledger.topup({ poolId, paymentId: operationId, amount, origin: 'gift', reference: reason, actor }),
      }));
    });
  change('adjust', 'corrects a balance, up or down')
    .addArgument(new Argument('<credits>').argParser(parseCredits))
    .addOption(new Option('--origin <origin>', 'what is corrected').choices(['paid', 'gift']).makeOptionMandatory(true))
    .action((pool: string, amount: Millicredits, options: ActOptions & { origin: 'paid' | 'gift' }) =>
      carryOut(pool, options, (ledger, { poolId, operationId, reason, actor }) => ({
        what: `Adjust ${options.origin} by ${formatCredits(amount)}`,
        carryOut: () =>
          ledger.adjust({ poolId, operationId, change: amount, origin: options.origin, why: reason, actor }),
      })),
    );
  for (const kind of ['freeze', 'thaw'] as const) {
    change(kind, kind === 'freeze' ? 'stops new generations' : 'allows them again').action(
      (pool: string, options: ActOptions) =>
        carryOut(pool, options, (ledger, { poolId, operationId, reason, actor }) => ({
          what: kind === 'freeze' ? 'Freeze' : 'Thaw',
          carryOut: () => ledger[kind]({ poolId, operationId, why: reason, actor }),
        })),
    );
  }
}
