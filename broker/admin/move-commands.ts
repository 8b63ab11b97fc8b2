import { type Command, InvalidArgumentError } from 'commander';
import { formatCredits, type Millicredits, millicredits } from '../../shared/credits.ts';
import { readMove } from '../ledger/move-out.ts';
import { exportPool, whyNotNow } from '../moves/export-pool.ts';
import { checkArrival, importPool } from '../moves/import-pool.ts';
import { writeExport } from '../moves/write-export.ts';
import { linesOf } from '../statements/lines-of.ts';
import { readTrustedKeys } from '../statements/trusted-keys.ts';
import { type ActOptions, addActCommand } from './act-command.ts';
import type { OpenBooks } from './books.ts';
import { assertNew, writeNewFile } from './new-file.ts';
import type { Printer } from './printer.ts';

export interface MoveCommandsOptions {
  readonly open: OpenBooks;
  readonly printer: (json: boolean | undefined) => Printer;
  /** Who is at the terminal, when `--actor` does not say. */
  readonly user: string;
  /** Called when something was refused. */
  readonly fail: () => void;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** `export` and `import`: a pool moves to another broker. */
export function addMoveCommands(program: Command, { open, printer, user, fail, clock }: MoveCommandsOptions): void {
  const change = (name: string, description: string) => addActCommand(program, name, user).description(description);

  change('export', 'moves a pool to another broker: freezes it here for good, and writes the file for import there')
    .argument('<pool>')
    .requiredOption('--to <jwks>', 'the broker that takes it in: its /oauth/jwks, or a file with that')
    .requiredOption('--out <file>', 'a new file')
    .action(async (poolId: string, given: ActOptions & { readonly to: string; readonly out: string }) => {
      const { reason, actor, yes, json, out } = given;
      const to = [...(await readTrustedKeys(given.to))];
      const books = await open();
      const options = { ...books, clock };
      if (to.some((key) => books.seal.signers.has(key))) throw new InvalidArgumentError('--to names this very broker');
      await assertNew(out);
      if (!yes) {
        const isMoved = (await readMove(books.redis, poolId)) !== null;
        const obstacle = isMoved ? null : await whyNotNow(options, poolId);
        const question = isMoved
          ? `Pool ${poolId} was moved before. Write its file again, for the broker that it was for?`
          : `Move pool ${poolId} away, for good?`;
        const text = obstacle ?? `${question} Nothing was done. Do it with --yes`;
        printer(json)({ pool: poolId, code: obstacle === null ? 'DRY_RUN' : 'REFUSED', obstacle, isMoved }, text);
        if (obstacle !== null) fail();
        return;
      }
      const { code } = await exportPool(options, { poolId, to, why: reason, actor });
      await writeNewFile(out, writeExport(options, poolId, to));
      const again = code === 'REPLAY' ? ' It was moved before: this is the same file again.' : '';
      const text = `Pool ${poolId} is moved: import ${out} at the other broker.${again} Its pictures stay here.`;
      printer(json)({ pool: poolId, code, file: out, actor, reason }, text);
    });

  change('import', 'takes in a pool that another broker has exported for this one')
    .argument('<file>')
    .requiredOption('--from <jwks>', 'the broker that it comes from: its /oauth/jwks, or a file with that')
    .action(async (file: string, given: ActOptions & { readonly from: string }) => {
      const { reason: why, actor, yes, json } = given;
      const from = await readTrustedKeys(given.from);
      const books = await open();
      const command = { lines: () => linesOf(file), from, why, actor };
      const { pool, entries, facts, people } = await checkArrival(books, command);
      const has = sum(facts.gift, facts.paid);
      const what = `pool ${pool} with ${formatCredits(has)}, ${entries} entries and ${people.length} people`;
      const code = yes ? (await importPool(books, command)).code : 'DRY_RUN';
      printer(json)(
        { pool, code, credits: has, entries, people: people.length, actor, reason: why },
        code === 'OK'
          ? `Imported ${what}.`
          : code === 'DRY_RUN'
            ? `Import ${what}? Nothing was done. Do it with --yes`
            : `Refused: ${what}, was imported before. Nothing was added.`,
      );
      if (code === 'REPLAY') fail();
    });
}

function sum(a: Millicredits, b: Millicredits): Millicredits {
  return millicredits(a + b);
}
