import { formatCredits, millicredits } from '../../shared/credits.ts';
import { type StoredEntry, toEntry } from '../ledger/entries.ts';
import { type HistoryOptions, readHistory } from '../statements/history.ts';
import { type StatementOptions, writeStatement } from '../statements/statement.ts';
import { writeNewFile } from './new-file.ts';
import type { Printer } from './printer.ts';

/** Prints every entry of a pool, also those that are archived, oldest first. */
export async function reportStatement(options: HistoryOptions, poolId: string, print: Printer): Promise<void> {
  let previous: StoredEntry | null = null;
  for await (const { seq, entry } of readHistory(options, poolId)) {
    const told = toEntry(seq, entry, previous);
    const { kind, operationId, amount, after, actor, reference, time } = told;
    const left = formatCredits(millicredits(after.paid + after.gift));
    const act = `${kind} ${formatCredits(amount)}, leaving ${left}`;
    print(told, `${seq} ${new Date(time).toISOString()} ${act} [${operationId}] by ${actor}: ${reference}`);
    previous = entry;
  }
}

/**
 * Writes a pool's signed statement into a new file, or none.
 * @throws Error when there is such a file.
 */
export async function saveStatement(options: StatementOptions, poolId: string, file: string, print: Printer) {
  await writeNewFile(file, writeStatement(options, poolId));
  print({ poolId, file }, `${file}: the signed statement of pool ${poolId}. Check it with verify.`);
}
