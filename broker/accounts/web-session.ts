import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { InkpotError } from '../../shared/errors.ts';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import type { Accounts } from './accounts.ts';
import { createCookie } from './cookies.ts';

/** Who is signed in on the web pages. */
export interface WebSession {
  readonly accountId: string;
  readonly email: string;
  readonly name: string;
  /** Goes into every form of the page, as `<FormToken token={…} />`. */
  readonly formToken: string;
}

export interface WebSessions {
  /** Lets signed-in people through, see {@link webSessionOf}; sends the others to `/sign-in` and back here afterwards. */
  readonly requireWebSession: RequestHandler;
  /** Parses a posted form and refuses one that did not come from our own page: 403 `forbidden`. */
  readonly requireOwnForm: readonly RequestHandler[];
  /** Who asks, when they are signed in. */
  read(req: Request): Promise<WebSession | undefined>;
  /** Signs in: a new session under a new id, whatever this browser had before. */
  open(req: Request, res: Response, accountId: string): Promise<void>;
  /** Signs out: the session is gone, not only its cookie. */
  close(req: Request, res: Response): Promise<void>;
  /** This browser's secret id, given to it when it has none, and the token for forms shown before sign-in. */
  browserOf(req: Request, res: Response): { readonly id: string; readonly formToken: string };
}

export interface WebSessionsOptions {
  readonly redis: RedisClient;
  readonly accounts: Pick<Accounts, 'read'>;
  readonly publicUrl: string;
  /** Signs form tokens; from `loadKeys`. */
  readonly formKey: string;
}

/** How long a web session lasts, in ms. */
const SESSION_MS = 30 * 24 * 3_600_000;

const Stored = z.object({ accountId: z.string() });

/** Sessions of the web pages, kept in Redis under the hash of their id, so that a copy of Redis signs nobody in. */
export function createWebSessions({ redis, accounts, publicUrl, formKey }: WebSessionsOptions): WebSessions {
  const sessionCookie = createCookie('session', publicUrl);
  const browserCookie = createCookie('browser', publicUrl);
  const keyOf = (id: string) => `ses:${createHash('sha256').update(id).digest('base64url')}`;
  const formTokenOf = (id: string) => createHmac('sha256', formKey).update(`form:${id}`).digest('base64url');

  async function read(req: Request): Promise<WebSession | undefined> {
    const id = sessionCookie.read(req);
    if (!id) return undefined;
    const stored = await repeatUntilKnown(() => redis.get(keyOf(id)));
    if (!stored) return undefined;
    const account = await accounts.read(Stored.parse(JSON.parse(stored)).accountId);
    return account && { accountId: account.id, email: account.email, name: account.name, formToken: formTokenOf(id) };
  }

  function browserOf(req: Request, res: Response) {
    const known = browserCookie.read(req);
    const id = known ?? randomBytes(32).toString('base64url');
    if (!known) browserCookie.write(res, id);
    return { id, formToken: formTokenOf(id) };
  }

  async function close(req: Request, res: Response): Promise<void> {
    const id = sessionCookie.read(req);
    if (id) await repeatUntilKnown(() => redis.del(keyOf(id)));
    sessionCookie.clear(res);
  }

  return {
    read,
    browserOf,
    close,
    async open(req, res, accountId) {
      await close(req, res);
      const id = randomBytes(32).toString('base64url');
      const expiration = { type: 'PX', value: SESSION_MS } as const;
      await repeatUntilKnown(() => redis.set(keyOf(id), JSON.stringify({ accountId }), { expiration }));
      sessionCookie.write(res, id, SESSION_MS);
    },
    async requireWebSession(req, res, next) {
      const session = await read(req);
      if (session) {
        res.locals.webSession = session;
        return next();
      }
      const back = req.method === 'GET' || req.method === 'HEAD' ? req.originalUrl : '/';
      res.redirect(303, `/sign-in?return_to=${encodeURIComponent(back)}`);
    },
    requireOwnForm: [
      express.urlencoded({ extended: false, limit: '16kb' }),
      (req, _res, next) => {
        const token: unknown = req.body?.form_token;
        const own = [sessionCookie.read(req), browserCookie.read(req)];
        if (own.some((id) => id !== undefined && isEqual(token, formTokenOf(id)))) return next();
        throw new InkpotError('forbidden', {
          detail: 'This form is no longer valid: go back, reload the page and try again.',
        });
      },
    ],
  };
}

/** The session that `requireWebSession` let through. */
export function webSessionOf(res: Response): WebSession {
  return res.locals.webSession;
}

function isEqual(given: unknown, expected: string): boolean {
  if (typeof given !== 'string' || given.length !== expected.length) return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}
