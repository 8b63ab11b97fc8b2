import { mkdir } from 'node:fs/promises';
import { type Claim, claimDirectory } from './claim.ts';
import type { RedisLogger } from './connect.ts';
import { freePort } from './free-port.ts';
import { launchServer, PortTakenError, type ServerProcess } from './server-process.ts';
import { readSecret } from './server-secret.ts';

export interface EmbeddedRedisOptions {
  /** A directory of its own; one server at a time lives in it. */
  readonly dataDir: string;
  /** The program to run; `redis-server` on the PATH when absent. */
  readonly executable?: string;
  readonly logger: RedisLogger;
  /** A loopback port that is free, as far as anybody can tell. */
  readonly choosePort?: () => Promise<number>;
}

export interface EmbeddedRedis {
  /** With the password: for connections, never for a log. */
  readonly url: string;
  /** Ends the server cleanly and waits for it. */
  stop(): Promise<void>;
}

/**
 * Starts a private Redis on a free loopback port that loses nothing it has acknowledged: every write is on the disk
 * before its reply. Should the server die, it is restarted on the same port. Should this process die, however it does,
 * the server ends itself cleanly; the next start on this directory makes sure of it before starting its own, so that
 * two never share one file.
 *
 * @throws Error naming the command to install `redis-server` and the `REDIS_URL` alternative when there is none; Error
 *   when a running Inkpot uses the directory.
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const { dataDir, choosePort = freePort } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const secret = await readSecret(dataDir);
  for (let left = PORTS - 1; ; left -= 1) {
    try {
      return await startOn(options, secret, await choosePort());
    } catch (error) {
      if (!(error instanceof PortTakenError) || left === 0) throw error;
    }
  }
}

/** How many ports are tried: between choosing one and listening on it, another program may take it. */
const PORTS = 3;

async function startOn(
  { dataDir, executable = 'redis-server', logger }: EmbeddedRedisOptions,
  secret: string,
  port: number,
): Promise<EmbeddedRedis> {
  const claim = await claimDirectory(dataDir, secret, port);
  const launch = () => launchServer({ dataDir, executable, port, secret });
  try {
    const supervised = await supervise(launch, claim, logger);
    return {
      url: `redis://:${secret}@127.0.0.1:${port}`,
      stop: async () => {
        await supervised.stop();
        await claim.release();
      },
    };
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/** Longest pause before a server that keeps dying is started again, in ms. */
const LONGEST_PAUSE_MS = 5_000;

async function supervise(launch: () => Promise<ServerProcess>, claim: Claim, logger: RedisLogger) {
  let server = await launch();
  let stopping = false;
  await claim.setServer(server.pid);

  const keepAlive = (async () => {
    for (let pause = 50; !stopping; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const life = performance.now();
      await server.exited;
      if (stopping) return;
      if (performance.now() - life > 60_000) pause = 50;
      logger.error({ pid: server.pid }, 'redis-server ended unexpectedly; starting it again');
      await new Promise((resolve) => setTimeout(resolve, pause));
      try {
        if (stopping) return;
        server = await launch();
        await claim.setServer(server.pid);
      } catch (error) {
        logger.error({ err: error }, 'redis-server could not be started again');
      }
    }
  })();

  return {
    async stop(): Promise<void> {
      stopping = true;
      await server.stop();
      await keepAlive;
      await server.stop();
    },
  };
}
