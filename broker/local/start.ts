/**
 * The whole product on one machine: a private Redis, the built plugin, the broker, and the playground. It prints one
 * URL. Runs under the pinned Node, which strips the types itself.
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { type Logger, pino } from 'pino';
import { readConfig, resolveSecretFiles } from '../config.ts';
import { createLog } from '../log.ts';
import { DirectoryInUseError } from '../redis/claim.ts';
import { type EmbeddedRedis, startEmbeddedRedis } from '../redis/embedded.ts';
import { secretsIn } from '../secret-files.ts';
import { ROOT, say } from './install.mjs';

const run = promisify(execFile);

/** The built broker: its pages are written in JSX, which Node does not read. */
const BROKER = join(ROOT, 'dist', 'broker', 'local.js');

/** How long an Inkpot that was told to end may take, in ms. */
const PREDECESSOR = 10_000;

try {
  await start();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

async function start(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string' }, 'no-install': { type: 'boolean' } } });
  const { environment } = resolveSecretFiles(process.env);
  const dataDir = resolve(process.env.INKPOT_DATA_DIR || join(ROOT, '.inkpot'));
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const logger = createLog({
    level: process.env.LOG_LEVEL || 'info',
    secrets: secretsIn(environment),
    destination: pino.destination({ dest: join(dataDir, 'broker.log'), sync: true }),
  });
  const started: { stop(): Promise<void> }[] = [];
  endOnSignal(async () => {
    for (const part of started.reverse()) await part.stop();
  });

  let redisUrl = environment.REDIS_URL;
  if (!redisUrl) {
    const redis = await startRedis(join(dataDir, 'redis'), logger);
    started.push(redis);
    redisUrl = redis.url;
  }
  try {
    await build('broker/build/local.ts');
    const config = readConfig({
      ...environment,
      ...(values.port !== undefined && { PORT: values.port }),
      INKPOT_DATA_DIR: dataDir,
      INKPOT_PLAYGROUND_DIR: join(dataDir, 'playground'),
      REDIS_URL: redisUrl,
    });
    const { startBroker }: typeof import('../start-broker.ts') = await import(BROKER);
    const broker = await startBroker(config, logger);
    started.push(broker);
    await build('plugin/build/playground.ts', '--broker', broker.url, '--out', join(dataDir, 'playground'));
    say(`Inkpot is ready: ${broker.url}/playground/`);
  } catch (error) {
    for (const part of started.reverse()) await part.stop();
    throw error;
  }
}

/** Starts the private Redis; one that is just being stopped there is waited for. */
async function startRedis(dataDir: string, logger: Logger): Promise<EmbeddedRedis> {
  for (const end = Date.now() + PREDECESSOR; ; await sleep(250)) {
    try {
      return await startEmbeddedRedis({ dataDir, logger });
    } catch (error) {
      if (!(error instanceof DirectoryInUseError) || Date.now() > end) throw error;
    }
  }
}

/** Each build is a program of its own, so that no room has to import another's. */
async function build(script: string, ...args: string[]): Promise<void> {
  await run(process.execPath, [join(ROOT, script), ...args], { cwd: ROOT });
}

/** Ctrl-C, SIGTERM, or the end of the process that started this one: drain, then end. A second signal does not wait. */
function endOnSignal(stop: () => Promise<void>): void {
  let ending = false;
  const end = () => {
    if (ending) process.exit(1);
    ending = true;
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  process.on('disconnect', end);
}
