import { type Command, InvalidArgumentError } from 'commander';

/** What every command is told that changes something. */
export interface ActOptions {
  readonly reason: string;
  readonly actor: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * A command that changes something: it says what it would do, and does it with `--yes`; who and why are kept with what it
 * changed.
 * @param user who is at the terminal, when `--actor` does not say.
 */
export function addActCommand(program: Command, name: string, user: string): Command {
  return program
    .command(name)
    .option('--json', 'one JSON object a line')
    .requiredOption('--reason <why>', 'kept with what it changes', parseWords)
    .option('--actor <who>', 'kept with what it changes', parseWords, `operator:${user}`)
    .option('--yes', 'do it');
}

/** @throws InvalidArgumentError for nothing: every change says who made it, and why. */
function parseWords(text: string): string {
  const words = text.trim();
  if (words === '') throw new InvalidArgumentError('say it in words');
  return words;
}
