import { join } from 'node:path';
import { pino } from 'pino';
import { createAlarms } from '../alarms/alarms.ts';
import { openArchive } from '../archive/open-archive.ts';
import { createSeal } from '../archive/seal.ts';
import { loadKeys } from '../auth/keys.ts';
import { createStripeTill } from '../checkout/stripe-till.ts';
import { readConfig, resolveSecretFiles } from '../config.ts';
import { createLedger } from '../ledger/index.ts';
import { createSmtpMailer } from '../mail/mailer.ts';
import { connectRedis } from '../redis/connect.ts';
import { findPrivateRedis } from '../redis/find-private.ts';
import { checkRedisForMoney } from '../redis/guard.ts';
import type { Books } from './books.ts';

/**
 * Opens the books of the broker that has this environment; without `REDIS_URL`, of the Inkpot that `npm start` runs.
 * @throws Error that says what to change, when the environment is not valid or Redis cannot be reached or trusted.
 */
export async function openBooks(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Books & { close(): void }> {
  const config = readConfig({ ...environment, ...(await privateRedis(environment)) });
  const logger = pino({ level: 'error' }, pino.destination(2));
  const redis = await connectRedis({ url: config.redisUrl, name: 'admin', logger });
  try {
    await checkRedisForMoney(redis, { durability: config.durability, isDevelopment: config.mode === 'development' });
    const ledger = createLedger(redis);
    const issuer = config.publicUrl ?? `http://localhost:${config.port}`;
    return {
      redis,
      ledger,
      store: await openArchive(config),
      seal: await createSeal((await loadKeys(redis)).jwks.keys),
      issuer,
      openTill() {
        const { stripe, smtp, operatorEmail } = config;
        if (!stripe) throw new Error('No payments: STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET are not set');
        const mailer = smtp ? createSmtpMailer(smtp) : null;
        // Nobody reads the metrics of a command.
        const metrics = { alarmRaised: () => undefined };
        const alarms = createAlarms({ redis, metrics, mailer, operatorEmail, publicUrl: issuer, logger });
        return createStripeTill({ redis, ledger, stripe, publicUrl: issuer, alarms, clock: Date.now, logger });
      },
      close: () => redis.destroy(),
    };
  } catch (error) {
    redis.destroy();
    throw error;
  }
}

async function privateRedis(environment: Readonly<Record<string, string | undefined>>) {
  const { REDIS_URL, INKPOT_DATA_DIR } = resolveSecretFiles(environment).environment;
  return REDIS_URL ? {} : { REDIS_URL: await findPrivateRedis(join(INKPOT_DATA_DIR || '.inkpot', 'redis')) };
}
