import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readClaim } from './claim.ts';
import { probeServer } from './probe-server.ts';

/**
 * The address of the private server that a running Inkpot has in a directory, with its password: for connections, never
 * for a log.
 * @throws Error when none runs there, saying what to do.
 */
export async function findPrivateRedis(dataDir: string): Promise<string> {
  const claim = await readClaim(join(dataDir, 'server.json'));
  const secret = (await readFile(join(dataDir, 'secret'), 'utf8').catch(() => '')).trim();
  if (claim && secret !== '' && (await probeServer(claim.port, secret))) {
    return `redis://:${secret}@127.0.0.1:${claim.port}`;
  }
  throw new Error(
    `No Inkpot is running in ${dataDir}. Start it with \`npm start\`, set INKPOT_DATA_DIR to the directory of one that ` +
      'runs, or set REDIS_URL to the server that the broker uses',
  );
}
