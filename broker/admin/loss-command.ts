import type { Command } from 'commander';
import { acceptLoss, describeLoss } from '../archive/accept-loss.ts';
import { type ActOptions, addActCommand } from './act-command.ts';
import type { OpenBooks } from './books.ts';
import type { Printer } from './printer.ts';

export interface LossCommandOptions {
  readonly open: OpenBooks;
  readonly printer: (json: boolean | undefined) => Printer;
  /** Who is at the terminal, when `--actor` does not say. */
  readonly user: string;
}

/** `accept-loss`: ends the alarm about a pool that lost history, once that is settled. */
export function addLossCommand(program: Command, { open, printer, user }: LossCommandOptions): void {
  addActCommand(program, 'accept-loss', user)
    .description('ends the alarm about a pool that lost history, and archives it on from what it has now')
    .argument('<pool>')
    .action(async (pool: string, { reason, actor, yes, json }: ActOptions) => {
      const books = await open();
      const loss = yes ? await acceptLoss(books, pool, { actor, why: reason }) : await describeLoss(books, pool);
      const text = yes
        ? `Pool ${pool}: ${loss}. Settled; it is archived on from here. Let it spend again with thaw.`
        : `Pool ${pool}: ${loss}. Nothing was done. Say that it is settled with --yes`;
      printer(json)({ pool, loss, code: yes ? 'OK' : 'DRY_RUN', actor, reason }, text);
    });
}
