import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { ulid } from 'ulid';
import { formatCredits, type Millicredits } from '../../shared/credits.ts';
import type { Ledger } from '../ledger/index.ts';
import { type Act, perform } from './act.ts';
import { type ActOptions, addActCommand } from './act-command.ts';
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

interface ChangeOptions extends ActOptions {
  readonly id?: string;
}

type Entry = Pick<Act, 'poolId' | 'operationId' | 'reason' | 'actor'>;

/** `grant`, `adjust`, `freeze` and `thaw`: each becomes an entry of one pool. */
export function addChangeCommands(program: Command, { open, printer, user, fail }: ChangeCommandsOptions): void {
  const change = (name: string, description: string) =>
    addActCommand(program, name, user)
      .description(description)
      .argument('<pool>')
      .option('--id <id>', 'the operation’s id: under it, it happens once');

  /** @param toAct tells what the arguments ask for. */
  async function carryOut(
    poolId: string,
    { reason, actor, id = ulid().toLowerCase(), yes = false, json }: ChangeOptions,
    toAct: (ledger: Ledger, entry: Entry) => Omit<Act, keyof Entry>,
  ): Promise<void> {
    const { ledger } = await open();
    const entry = { poolId, operationId: id, reason, actor };
    if (!(await perform(ledger, { ...entry, ...toAct(ledger, entry) }, yes, printer(json)))) fail();
  }

  change('grant', 'gives credits, as a gift')
    .addArgument(new Argument('<credits>').argParser(parseCredits))
    .action((pool: string, amount: Millicredits, options: ChangeOptions) => {
      if (amount < 0) throw new InvalidArgumentError('a grant is more than nothing; to take, use adjust');
      return carryOut(pool, options, (ledger, { poolId, operationId, reason, actor }) => ({
        what: `Give ${formatCredits(amount)}`,
        carryOut: () =>
          ledger.topup({
            poolId,
            paymentId: operationId,
            amount,
            origin: 'gift',
            reference: reason,
            actor,
            unlessMoved: true,
          }),
      }));
    });
  change('adjust', 'corrects a balance, up or down')
    .addArgument(new Argument('<credits>').argParser(parseCredits))
    .addOption(new Option('--origin <origin>', 'what is corrected').choices(['paid', 'gift']).makeOptionMandatory(true))
    .action((pool: string, amount: Millicredits, options: ChangeOptions & { origin: 'paid' | 'gift' }) =>
      carryOut(pool, options, (ledger, { poolId, operationId, reason, actor }) => ({
        what: `Adjust ${options.origin} by ${formatCredits(amount)}`,
        carryOut: () =>
          ledger.adjust({ poolId, operationId, change: amount, origin: options.origin, why: reason, actor }),
      })),
    );
  for (const kind of ['freeze', 'thaw'] as const) {
    change(kind, kind === 'freeze' ? 'stops new generations' : 'allows them again').action(
      (pool: string, options: ChangeOptions) =>
        carryOut(pool, options, (ledger, { poolId, operationId, reason, actor }) => ({
          what: kind === 'freeze' ? 'Freeze' : 'Thaw',
          carryOut: () => ledger[kind]({ poolId, operationId, why: reason, actor }),
        })),
    );
  }
}
