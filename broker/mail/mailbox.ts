import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import type { Mail } from './mail.ts';

const KeptMail = z.object({ to: z.string(), subject: z.string(), text: z.string(), sentAt: z.number() });
export type KeptMail = z.infer<typeof KeptMail>;

/** The mails that development sends to itself, kept in Redis so that a restart keeps them. */
export interface Mailbox {
  put(mail: Mail): Promise<void>;
  /** Newest first. */
  list(): Promise<KeptMail[]>;
}

const MAILS = 'dev:mail';
const MOST_KEPT = 50;

/** @param clock ms since 1970 */
export function createMailbox(redis: RedisClient, clock: () => number = Date.now): Mailbox {
  return {
    async put({ to, subject, text }) {
      const kept: KeptMail = { to, subject, text, sentAt: clock() };
      await redis
        .multi()
        .lPush(MAILS, JSON.stringify(kept))
        .lTrim(MAILS, 0, MOST_KEPT - 1)
        .exec();
    },
    async list() {
      const mails = await repeatUntilKnown(() => redis.lRange(MAILS, 0, MOST_KEPT - 1));
      return mails.map((mail) => KeptMail.parse(JSON.parse(mail)));
    },
  };
}
