import { readFileSync } from 'node:fs';
import { parseSentinelUrl } from './redis/sentinel-url.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables that are given as files, as container platforms mount secrets: `FAL_KEY_FILE=/run/secrets/fal` is
 * `FAL_KEY` with what the file holds, without the line break at its end.
 * @param names the variables that may be given so.
 * @returns the environment with them, and what is wrong, without any value.
 */
export function readSecretFiles(
  environment: Environment,
  names: readonly string[],
): { environment: Environment; faults: string[] } {
  const read: Record<string, string | undefined> = { ...environment };
  const faults: string[] = [];
  for (const name of names) {
    const path = environment[`${name}_FILE`];
    if (!path) continue;
    delete read[`${name}_FILE`];
    if (environment[name]) faults.push(`${name} and ${name}_FILE are both set: keep one`);
    try {
      read[name] = readFileSync(path, 'utf8').trimEnd();
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      faults.push(`${name}_FILE cannot be read (${why})`);
    }
  }
  return { environment: read, faults };
}

/** Variables that hold a secret; addresses may hold one as their password. */
const SECRET_NAME = /(?:KEY|SECRET|TOKEN|PASSWORD)$/;

/** All secrets of an environment, so that the log can keep them back. Lists are taken apart. */
export function secretsIn(environment: Environment): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    if (!value) return [];
    if (SECRET_NAME.test(name)) return value.split(',').map((secret) => secret.trim());
    // `user:password`
    if (name.endsWith('_AUTH')) return [value, value.slice(value.indexOf(':') + 1)];
    // Several addresses stand with commas between; a password may hold a comma too.
    return name.endsWith('_URL') ? value.split(/,(?=\w+:\/\/)/).flatMap(passwordsIn) : [];
  });
}

function passwordsIn(address: string): string[] {
  // The hosts of several sentinels are no host of a URL.
  const watched = parseSentinelUrl(address);
  const url = watched ? `${watched.prefix}master` : address;
  if (!URL.canParse(url)) return [];
  const { password } = new URL(url);
  return password ? [password, decodeURIComponent(password)] : [];
}
