import type { Logger } from 'pino';
import type { Mailer } from '../mail/mail.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { RedisClient } from '../redis/connect.ts';
import { withDeadline } from '../redis/deadline.ts';

/** What an operator is woken for. It names the alarm in the metric, so it holds no pool and no person. */
export type AlarmKind =
  /** A pool does not follow from its entries. */
  | 'broken_pool'
  /** Redis knows less of a pool than was archived: it lost history. */
  | 'lost_history'
  /** Entries could not be archived. */
  | 'archive_failed'
  /** A transfer between pools stands still. */
  | 'transfer_stuck'
  /** A payment came for a pool that was moved to another broker. */
  | 'payment_stranded'
  /** The ledger does not say of payments what Stripe says. */
  | 'payments_differ'
  /** A provider refuses the operator, or does not know a model any more. */
  | 'route_out'
  /** Providers cost more than was allowed. */
  | 'provider_spend';

export interface Alarm {
  readonly kind: AlarmKind;
  /** Whom or what it is about: a pool, a provider. One mail an hour is sent per kind and subject. */
  readonly about: string;
  /** What happened and what was done about it, in words for the operator. No secret, no prompt. */
  readonly what: string;
  /** For the log only. */
  readonly details?: object;
}

/** How the broker calls its operator. */
export interface Alarms {
  /** Logs the alarm as an error, counts it, and mails it. Never throws: whoever raises one has other things to do. */
  raise(alarm: Alarm): Promise<void>;
}

export interface AlarmsOptions {
  readonly redis: RedisClient;
  readonly metrics: Pick<Metrics, 'alarmRaised'>;
  /** null when there is no mail server. */
  readonly mailer: Mailer | null;
  /** Who is mailed (`INKPOT_OPERATOR_EMAIL`); nobody when absent. */
  readonly operatorEmail: string | undefined;
  /** Names the broker in the mail. */
  readonly publicUrl: string;
  readonly logger: Logger;
}

/** How long the same alarm is not mailed again, in seconds. It is logged and counted each time. */
const MAIL_EVERY_S = 3_600;

/** How long Redis may take to say whether somebody has mailed it already, in ms. */
const REDIS_PATIENCE_MS = 2_000;

/** Alarms of one broker. All brokers on one Redis together send one mail. */
export function createAlarms({ redis, metrics, mailer, operatorEmail, publicUrl, logger }: AlarmsOptions): Alarms {
  async function mail({ kind, about, what }: Alarm): Promise<void> {
    if (!mailer || !operatorEmail) return;
    const mark = `alarm:${kind}:${about}`;
    // Redis may be what the alarm is about. Then the mail is sent, rather twice than not at all.
    const first = await withDeadline(REDIS_PATIENCE_MS, () =>
      redis.set(mark, '1', { condition: 'NX', expiration: { type: 'EX', value: MAIL_EVERY_S } }),
    ).catch(() => 'OK');
    if (first === null) return;
    try {
      await mailer.send({
        to: operatorEmail,
        subject: `Inkpot alarm: ${kind.replace('_', ' ')} (${about})`,
        text: `${what}\n\nBroker: ${publicUrl}\nThe same alarm is mailed again after an hour at the earliest; the log has every one.\n`,
      });
    } catch (error) {
      await redis.del(mark).catch(() => undefined);
      throw error;
    }
  }

  return {
    async raise(alarm) {
      const { kind, about, what, details } = alarm;
      logger.error({ alarm: kind, about, ...details }, what);
      metrics.alarmRaised(kind);
      await mail(alarm).catch((err: unknown) => logger.error({ err, alarm: kind, about }, 'an alarm was not mailed'));
    },
  };
}
