/**
 * The operator's commands as a program, with the broker's own configuration: `npm run admin -- --help`.
 * @module
 */
import { userInfo } from 'node:os';
import { pino } from 'pino';
import { createStripeTill } from '../checkout/stripe-till.ts';
import { readConfig } from '../config.ts';
import { createLedger } from '../ledger/index.ts';
import { connectRedis } from '../redis/connect.ts';
import { checkRedisForMoney } from '../redis/guard.ts';
import { createProgram } from './program.ts';

try {
  const config = readConfig(process.env);
  const logger = pino({ level: 'error' }, pino.destination(2));
  const redis = await connectRedis({ url: config.redisUrl, name: 'admin', logger });
  try {
    await checkRedisForMoney(redis, { durability: config.durability, isDevelopment: config.mode === 'development' });
    const ledger = createLedger(redis);
    const program = createProgram({
      redis,
      ledger,
      openTill: () => {
        if (!config.stripe) throw new Error('STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET are not set');
        const { stripe, publicUrl = '' } = config;
        return createStripeTill({ redis, ledger, stripe, publicUrl, clock: Date.now, logger });
      },
      write: (text) => process.stdout.write(text),
      user: userInfo().username,
      fail: () => {
        process.exitCode = 1;
      },
    });
    await program.parseAsync();
  } finally {
    redis.destroy();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
