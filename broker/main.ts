/**
 * The broker as a program: configuration from the environment, log to standard output, drained on SIGTERM.
 * @module
 */
import type { Logger } from 'pino';
import { readConfig, resolveSecretFiles } from './config.ts';
import { createLog } from './log.ts';
import { secretsIn } from './secret-files.ts';
import { type Broker, startBroker } from './start-broker.ts';

try {
  await run();
} catch (error) {
  // Whoever starts it reads what to change, not where in the code it was noticed.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function run(): Promise<void> {
  const config = readConfig(process.env);
  const secrets = secretsIn(resolveSecretFiles(process.env).environment);
  const logger = createLog({ level: config.logLevel, secrets });
  process.on('uncaughtException', (err) => {
    logger.fatal({ err }, 'the broker cannot go on');
    process.exit(1);
  });
  const broker = await startBroker(config, logger);
  logger.info({ url: broker.url }, 'listening');
  stopOnSignal(broker, logger);
}

function stopOnSignal(broker: Broker, logger: Logger): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      logger.info('draining');
      broker.stop().then(
        () => process.exit(0),
        (err: unknown) => {
          logger.error({ err }, 'could not drain');
          process.exit(1);
        },
      );
    });
  }
}
