import { createTransport } from 'nodemailer';
import type { Mailer } from './mail.ts';
import type { Mailbox } from './mailbox.ts';

interface Smtp {
  /** `smtp[s]://user:password@host:port` */
  readonly url: string;
  readonly from: string;
}

/** How long a mail server may take to answer, in ms: a person is waiting. */
const SMTP_MS = 10_000;

/** Hands mails to a mail server. */
export function createSmtpMailer({ url, from }: Smtp): Mailer {
  const timeouts = { connectionTimeout: SMTP_MS, greetingTimeout: SMTP_MS, socketTimeout: SMTP_MS };
  const transport = createTransport({ url, ...timeouts }, { from });
  return {
    async send(mail) {
      await transport.sendMail(mail);
    },
  };
}

/** For development without a mail server: keeps mails where `/dev/mail` shows them. */
export function createMailboxMailer(mailbox: Mailbox): Mailer {
  return { send: (mail) => mailbox.put(mail) };
}
