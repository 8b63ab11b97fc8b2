import { Router } from 'express';
import type { KeptMail, Mailbox } from '../mail/mailbox.ts';
import { Layout } from './layout.tsx';
import { sendPage } from './send-page.tsx';

/** Where development shows the mails that it did not send. */
export const MAILBOX_PATH = '/dev/mail';

/** `GET /dev/mail`. Mount it in development without a mail server only: it shows everybody's codes to anybody. */
export function devMailRouter(mailbox: Mailbox): Router {
  const router = Router();
  router.get(MAILBOX_PATH, async (_req, res) => {
    sendPage(res, <DevMailPage mails={await mailbox.list()} />);
  });
  return router;
}

function DevMailPage({ mails }: { readonly mails: readonly KeptMail[] }) {
  return (
    <Layout title="Mail" wide>
      <div class="row">
        <div class="snug">
          <h1>Mail</h1>
          <p class="quiet">No mail server is configured, so mails stay here. Development only.</p>
        </div>
        <form method="get" action={MAILBOX_PATH}>
          <button class="plain" type="submit">
            Refresh
          </button>
        </form>
      </div>
      {mails.length === 0 && <p class="quiet">No mail yet.</p>}
      {mails.map((mail) => (
        <article class="mail snug" key={mail.sentAt}>
          <h2>{mail.subject}</h2>
          <p class="hint">
            To {mail.to}, {describeTime(mail.sentAt)}
          </p>
          <pre>{mail.text}</pre>
        </article>
      ))}
    </Layout>
  );
}

function describeTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
