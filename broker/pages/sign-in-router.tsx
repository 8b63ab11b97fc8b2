import { type Request, type Response, Router } from 'express';
import type { Logger } from 'pino';
import type { Accounts } from '../accounts/accounts.ts';
import { EmailAddress } from '../accounts/email-address.ts';
import { ownPath } from '../accounts/return-to.ts';
import type { SignInCodes } from '../accounts/sign-in-codes.ts';
import type { WebSessions } from '../accounts/web-session.ts';
import { networkOf } from '../limits/network.ts';
import { createRateLimit } from '../limits/rate-limit.ts';
import type { Mailer } from '../mail/mail.ts';
import type { RedisClient } from '../redis/connect.ts';
import { sendPage } from './send-page.tsx';
import { signInMail } from './sign-in-mail.ts';
import { CodeStep, EmailStep, NoMailPage, signInPath } from './sign-in-page.tsx';

export interface SignInRouterOptions {
  readonly redis: RedisClient;
  readonly accounts: Accounts;
  readonly codes: SignInCodes;
  readonly sessions: WebSessions;
  /** null: no mail can be sent, so nobody can sign in. */
  readonly mailer: Mailer | null;
  /** Where development shows its mails; undefined when they really go out. */
  readonly mailbox?: string | undefined;
  readonly publicUrl: string;
  readonly environment: 'development' | 'production';
  readonly logger: Logger;
}

/**
 * How many codes may be asked for: by one network address in 15 minutes, for one e-mail address in 15 minutes, and for
 * one in a day, which leaves at most 150 guesses at a million codes. Development signs the same people in all day.
 */
const LIMITS = {
  production: { perIp: 30, perAddress: 5, perAddressAndDay: 30 },
  development: { perIp: 10_000, perAddress: 1_000, perAddressAndDay: 10_000 },
};

/** `GET /sign-in`, `POST /sign-in` (an address, then a code) and `POST /sign-out`. */
export function signInRouter(options: SignInRouterOptions): Router {
  const { redis, accounts, codes, sessions, mailer, mailbox, publicUrl, environment, logger } = options;
  const limits = LIMITS[environment];
  const perIp = createRateLimit(redis, { name: 'sign-in-ip', points: limits.perIp, seconds: 900 });
  const perAddress = createRateLimit(redis, { name: 'sign-in-address', points: limits.perAddress, seconds: 900 });
  const perAddressAndDay = createRateLimit(redis, {
    name: 'sign-in-day',
    points: limits.perAddressAndDay,
    seconds: 86_400,
  });

  async function sendCode(req: Request, res: Response): Promise<void> {
    const { id, formToken } = sessions.browserOf(req, res);
    const returnTo = ownPath(req.body.return_to, publicUrl);
    const typed: unknown = req.body.email;
    const refuse = (faults: { fault?: string; notice?: string }, status: number) => {
      const email = typeof typed === 'string' ? typed : undefined;
      sendPage(res, <EmailStep formToken={formToken} returnTo={returnTo} email={email} {...faults} />, { status });
    };
    const email = EmailAddress.safeParse(typed);
    if (!email.success) return refuse({ fault: 'Type your e-mail address, like ada@example.com.' }, 422);
    if (!mailer) return sendPage(res, <NoMailPage />, { status: 503 });

    await perIp.take(networkOf(req.ip));
    await perAddress.take(email.data);
    await perAddressAndDay.take(email.data);
    const code = await codes.issue(id, email.data);
    try {
      await mailer.send(signInMail(email.data, code));
    } catch (error) {
      logger.error({ err: error }, 'sign-in mail not sent');
      return refuse({ notice: 'The mail could not be sent. Check the address, or try again in a minute.' }, 502);
    }
    res.redirect(303, signInPath('code', returnTo));
  }

  async function checkCode(req: Request, res: Response): Promise<void> {
    const { id, formToken } = sessions.browserOf(req, res);
    const returnTo = ownPath(req.body.return_to, publicUrl);
    const email = await codes.pending(id);
    const check = await codes.check(id, String(req.body.code));
    switch (check.outcome) {
      case 'right': {
        const account = await accounts.signIn(check.email);
        await sessions.open(req, res, account.id);
        return res.redirect(303, returnTo);
      }
      case 'wrong': {
        const fault = `That is not the code. You can try ${check.triesLeft === 1 ? 'once' : `${check.triesLeft} times`} more.`;
        const page = (
          <CodeStep formToken={formToken} returnTo={returnTo} email={email ?? ''} fault={fault} mailbox={mailbox} />
        );
        return sendPage(res, page, { status: 422 });
      }
      case 'gone': {
        const notice = 'This code does not work any more. Ask for a new one.';
        return sendPage(res, <EmailStep formToken={formToken} returnTo={returnTo} email={email} notice={notice} />, {
          status: 410,
        });
      }
    }
  }

  const router = Router();
  router.get('/sign-in', async (req, res) => {
    const returnTo = ownPath(req.query.return_to, publicUrl);
    if (await sessions.read(req)) return res.redirect(303, returnTo);
    if (!mailer) return sendPage(res, <NoMailPage />, { status: 503 });
    const { id, formToken } = sessions.browserOf(req, res);
    const email = req.query.step === 'code' ? await codes.pending(id) : undefined;
    sendPage(
      res,
      email ? (
        <CodeStep formToken={formToken} returnTo={returnTo} email={email} mailbox={mailbox} />
      ) : (
        <EmailStep formToken={formToken} returnTo={returnTo} />
      ),
    );
  });
  router.post('/sign-in', ...sessions.requireOwnForm, (req, res) =>
    req.body.code === undefined ? sendCode(req, res) : checkCode(req, res),
  );
  router.post('/sign-out', ...sessions.requireOwnForm, async (req, res) => {
    await sessions.close(req, res);
    res.redirect(303, '/sign-in');
  });
  return router;
}
