/**
 * The broker as a program: configuration from the environment, log to standard output, drained on SIGTERM.
 * @module
 */
import { type Logger, pino } from 'pino';
import { readConfig } from './config.ts';
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
  const logger = pino({ level: config.logLevel });
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
