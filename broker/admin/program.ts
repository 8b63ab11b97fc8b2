import { Command } from 'commander';
import { createGiftCodes } from '../gifts/gift-codes.ts';
import type { OpenBooks } from './books.ts';
import { addChangeCommands } from './change-commands.ts';
import { addGiftCodeCommands } from './gift-code-commands.ts';
import { addLossCommand } from './loss-command.ts';
import { addMoveCommands } from './move-commands.ts';
import { createPrinter } from './printer.ts';
import { addRefundCommands } from './refund-commands.ts';
import { addReportCommands } from './report-commands.ts';
import { addVerifyCommand } from './verify-command.ts';

export interface ProgramOptions {
  readonly open: OpenBooks;
  readonly write: (text: string) => void;
  /** Who is at the terminal, when `--actor` does not say. */
  readonly user: string;
  /** Called when a command found something wrong, or was refused. */
  readonly fail: () => void;
}

/** The operator's commands. What changes a pool says first what it would do, and does it with `--yes`. */
export function createProgram({ open, write, user, fail }: ProgramOptions): Command {
  const program = new Command('admin').description('The operator’s commands').configureOutput({ writeOut: write });
  const printer = (json: boolean | undefined) => createPrinter(write, json ?? false);
  const clock = Date.now;
  addReportCommands(program, { open, printer, fail, clock });
  addVerifyCommand(program, { printer, fail });
  addChangeCommands(program, { open, printer, user, fail });
  addRefundCommands(program, { open, printer, user, fail, clock });
  addLossCommand(program, { open, printer, user });
  addMoveCommands(program, { open, printer, user, fail, clock });
  const openCodes = async () => createGiftCodes((await open()).redis, clock);
  addGiftCodeCommands(program, { openCodes, printer, user, clock });
  return program;
}
