/**
 * The operator's commands as a program, with the broker's own configuration: `npm run admin -- --help`.
 * @module
 */
import { userInfo } from 'node:os';
import { openBooks } from './open-books.ts';
import { createProgram } from './program.ts';
import { sayError } from './say-error.ts';

let books: ReturnType<typeof openBooks> | undefined;
try {
  const program = createProgram({
    open: () => {
      books ??= openBooks(process.env);
      return books;
    },
    write: (text) => process.stdout.write(text),
    user: userInfo().username,
    fail: () => {
      process.exitCode = 1;
    },
  });
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${sayError(error)}\n`);
  process.exitCode = 1;
} finally {
  (await books?.catch(() => undefined))?.close();
}
