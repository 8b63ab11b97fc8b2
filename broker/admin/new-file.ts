import { access, open, rm } from 'node:fs/promises';

/** @throws Error when there is a file of that name. */
export async function assertNew(path: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) throw new Error(`${path} is there already: name a new file`);
}

/**
 * Writes a file that only this user can read. One that could not be written whole is taken away again.
 * @throws Error when there is a file of that name.
 */
export async function writeNewFile(path: string, lines: AsyncIterable<string>): Promise<void> {
  await assertNew(path);
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const line of lines) await file.write(line);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
