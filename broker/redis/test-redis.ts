import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisLogger } from './connect.ts';
import { type EmbeddedRedis, startEmbeddedRedis } from './embedded.ts';

/** A logger that a test does not listen to. */
export const quiet: RedisLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A real Redis in a new directory, for one test file; `stop` takes the directory away too. */
export async function startTestRedis(): Promise<EmbeddedRedis & { dataDir: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'inkpot-redis-'));
  const server = await startEmbeddedRedis({ dataDir, logger: quiet });
  return {
    url: server.url,
    dataDir,
    async stop() {
      await server.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}
