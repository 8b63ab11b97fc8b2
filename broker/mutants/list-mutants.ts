import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RedisClient } from '../redis/connect.ts';

/** A script without one of its lines. */
export interface Mutant {
  /** The script, from the top of the repository. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

/** A script with one line emptied, so that the others keep their numbers. */
export function withoutLine(script: string, line: number): string {
  return script
    .split('\n')
    .map((text, index) => (index + 1 === line ? '' : text))
    .join('\n');
}

/**
 * Every line of the scripts in a folder without which the script is still one, by the word of the server that would run
 * it. Comments and empty lines do nothing, and are left out.
 *
 * @param root the top of the repository
 */
export async function listMutants(redis: RedisClient, root: string, folder: string): Promise<Mutant[]> {
  const names = (await readdir(join(root, folder))).filter((name) => name.endsWith('.lua')).sort();
  const mutants: Mutant[] = [];
  for (const name of names) {
    const script = await readFile(join(root, folder, name), 'utf8');
    for (const [index, text] of script.split('\n').entries()) {
      const mutant = { file: `${folder}/${name}`, line: index + 1, text: text.trim() };
      if (isCode(mutant.text) && (await compiles(redis, withoutLine(script, mutant.line)))) mutants.push(mutant);
    }
  }
  return mutants;
}

function isCode(text: string): boolean {
  return text !== '' && !text.startsWith('--');
}

async function compiles(redis: RedisClient, script: string): Promise<boolean> {
  return redis.scriptLoad(script).then(
    () => true,
    () => false,
  );
}
