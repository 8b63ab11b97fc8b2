/**
 * The broker as a program: configuration from the environment, log to standard output, drained on SIGTERM.
 * @module
 */
import { pino } from 'pino';
import { readConfig } from './config.ts';
import { startBroker } from './start-broker.ts';

const config = readConfig(process.env);
const logger = pino({ level: config.logLevel });
const broker = await startBroker(config, logger);
logger.info({ url: broker.url }, 'listening');

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
