import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { probeServer } from './probe-server.ts';
import { commandOf, endProcess } from './processes.ts';

/** Who uses a data directory: written before the server is started, so that even a start cut short leaves its trace. */
const StoredClaim = z.object({ port: z.int(), brokerPid: z.int(), serverPid: z.int().nullable() });
type StoredClaim = z.infer<typeof StoredClaim>;

/** Another running Inkpot has the directory; it may be about to end. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
}

export interface Claim {
  setServer(pid: number): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the directory for this process and a server on `port`. What a killed broker left running there is ended first.
 * @throws Error when another running broker uses the directory.
 */
export async function claimDirectory(dataDir: string, secret: string, port: number): Promise<Claim> {
  const path = join(dataDir, 'server.json');
  const previous = await readClaim(path);
  if (previous) {
    await endPrevious(previous, secret, dataDir);
    await rm(path, { force: true });
  }
  const claim: StoredClaim = { port, brokerPid: process.pid, serverPid: null };
  try {
    await writeFile(path, JSON.stringify(claim), { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    throw new Error(`Another Inkpot is being started on ${dataDir} at this moment`, { cause });
  }
  return {
    async setServer(serverPid) {
      await writeFile(`${path}.new`, JSON.stringify({ ...claim, serverPid }), { mode: 0o600 });
      await rename(`${path}.new`, path);
    },
    release: () => rm(path, { force: true }),
  };
}

/** Who uses a data directory, as far as it is written; null for nobody. */
export async function readClaim(path: string): Promise<StoredClaim | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  try {
    return StoredClaim.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** How long a broker that is running may need to bring its server up, in ms. */
const STARTING_MS = 5_000;

async function endPrevious(
  { port, brokerPid, serverPid }: StoredClaim,
  secret: string,
  dataDir: string,
): Promise<void> {
  const ownedByOther = async () => brokerPid !== process.pid && (await commandOf(brokerPid)) !== null;
  // A process id says little after a reboot; together with a server that knows our secret it says enough.
  for (const end = performance.now() + STARTING_MS; await ownedByOther(); await sleep(100)) {
    if (await probeServer(port, secret)) {
      throw new DirectoryInUseError(
        `Another Inkpot (process ${brokerPid}) is using ${dataDir}. Stop it, or set INKPOT_DATA_DIR to another directory`,
      );
    }
    if (performance.now() > end) break;
  }
  const answering = await probeServer(port, secret);
  if (answering) await endProcess(answering.pid);
  // One that is stopped or stuck answers nothing; Redis puts its address into its command line.
  const command = serverPid === null ? null : await commandOf(serverPid);
  if (serverPid !== null && command?.includes('redis-server') && command.includes(`:${port}`)) {
    await endProcess(serverPid);
  }
}
