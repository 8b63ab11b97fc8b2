import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type ErrorRequestHandler } from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { afterAll } from 'vitest';
import { createAccounts } from '../accounts/accounts.ts';
import { createSignInCodes } from '../accounts/sign-in-codes.ts';
import { createWebSessions } from '../accounts/web-session.ts';
import { notFound, problemHandler, toInkpotError } from '../http/problem.ts';
import { createLedger } from '../ledger/index.ts';
import { createLimits } from '../limits/limits.ts';
import type { Mailer } from '../mail/mail.ts';
import { createMailbox } from '../mail/mailbox.ts';
import { createMailboxMailer } from '../mail/mailer.ts';
import { activateRouter } from '../pages/activate-router.tsx';
import { devMailRouter, MAILBOX_PATH } from '../pages/dev-mail-router.tsx';
import { sendErrorPage } from '../pages/error-page.tsx';
import { homeRouter } from '../pages/home-router.tsx';
import { signInRouter } from '../pages/sign-in-router.tsx';
import { createPools } from '../pools/pools.ts';
import { poolsRouter } from '../pools/pools-router.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { startEmbeddedRedis } from '../redis/embedded.ts';
import { type AuthOptions, createAuth } from './auth.ts';
import { cors } from './cors.ts';
import { PLUGIN_CLIENT } from './identity.ts';
import { loadKeys } from './keys.ts';

const quiet = pino({ level: 'silent' });

/** A real Redis for one test file, which ends with it. */
export async function startTestRedis(): Promise<RedisClient> {
  const dataDir = await mkdtemp(join(tmpdir(), 'inkpot-auth-'));
  const server = await startEmbeddedRedis({ dataDir, logger: quiet });
  const redis = await connectRedis({ url: server.url, name: 'test', logger: quiet });
  afterAll(async () => {
    redis.destroy();
    await server.stop();
    await rm(dataDir, { recursive: true });
  });
  return redis;
}

export interface SiteOptions
  extends Partial<Pick<AuthOptions, 'clock' | 'pollIntervalSeconds' | 'environment' | 'publicUrl'>> {
  readonly mailer?: Mailer | null;
}

export type Site = Awaited<ReturnType<typeof startSite>>;

/** People, sign-in, tokens and pools as the broker mounts them. */
export async function startSite(redis: RedisClient, options: SiteOptions = {}) {
  const { environment = 'development', publicUrl = 'http://localhost:8787', clock = Date.now } = options;
  const keys = await loadKeys(redis);
  const ledger = createLedger(redis);
  const pools = createPools({ redis, ledger });
  const accounts = createAccounts({ redis, pools, clock });
  const sessions = createWebSessions({ redis, accounts, publicUrl, formKey: keys.cookieKeys[0] ?? '' });
  const mailbox = createMailbox(redis, clock);
  const mailer = options.mailer === undefined ? createMailboxMailer(mailbox) : options.mailer;
  const limits = createLimits(redis, { address: 10_000, account: 10_000, pool: 10_000 });
  const auth = createAuth({ redis, publicUrl, keys, accounts, limits, logger: quiet, environment, ...options });

  const app = express();
  app.set('query parser', 'simple');
  app.use(auth.router, problemHandler(quiet));
  app.use('/v1', cors, poolsRouter({ pools, requireToken: auth.requireToken }), problemHandler(quiet));
  app.use(
    signInRouter({
      redis,
      accounts,
      codes: createSignInCodes(redis),
      sessions,
      mailer,
      mailbox: MAILBOX_PATH,
      publicUrl,
      environment,
      logger: quiet,
    }),
  );
  app.use(activateRouter({ redis, sessions, approval: auth.approval, clock }));
  app.use(devMailRouter(mailbox), homeRouter({ sessions, pools }));
  const pageErrors: ErrorRequestHandler = (error, _req, res, _next) => sendErrorPage(res, toInkpotError(error));
  app.use(notFound, pageErrors);

  return { app, accounts, pools, ledger, sessions, mailbox, auth, keys, publicUrl, redis };
}

/** One person's browser: it keeps cookies, follows nothing by itself, and fills in forms. */
export function openBrowser({ app, mailbox }: Pick<Site, 'app' | 'mailbox'>) {
  const agent = request.agent(app);

  /** Posts a form of a page with what a person typed; hidden fields come from the page. */
  async function submit(page: string, typed: Record<string, string>) {
    const { text } = await agent.get(page);
    return agent
      .post(new URL(page, 'http://x').pathname)
      .type('form')
      .send({ ...hiddenFields(text, new URL(page, 'http://x').pathname), ...typed });
  }

  return {
    agent,
    submit,
    async signIn(email: string, page = '/sign-in') {
      const { headers } = await submit(page, { email });
      const [mail] = await mailbox.list();
      return submit(headers.location ?? '', { code: codeIn(mail?.subject) });
    },
  };
}

/** The six digits of a subject. */
export function codeIn(subject: string | undefined): string {
  return /^\d{6}/.exec(subject ?? '')?.[0] ?? '';
}

/** The hidden fields of a page's form with this action. */
export function hiddenFields(html: string, action: string): Record<string, string> {
  const form = html.split('<form').find((part) => part.includes(`action="${action}"`)) ?? '';
  const inputs = form.split('</form>')[0]?.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g) ?? [];
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, value]));
}

/** The plugin's side of the wire, spoken plainly. */
export function openPlugin({ app }: Pick<Site, 'app'>) {
  const post = (path: string, fields: Record<string, string>) =>
    request(app)
      .post(`/oauth${path}`)
      .set('Origin', 'null')
      .type('form')
      .send({ client_id: PLUGIN_CLIENT, ...fields });
  return {
    post,
    start: (fields: Record<string, string> = {}) => post('/device/auth', { scope: 'openid offline_access', ...fields }),
    poll: (deviceCode: string, fields: Record<string, string> = {}) =>
      post('/token', {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: deviceCode,
        ...fields,
      }),
    refresh: (refreshToken: string) => post('/token', { grant_type: 'refresh_token', refresh_token: refreshToken }),
    revoke: (token: string) => post('/token/revocation', { token, token_type_hint: 'refresh_token' }),
    callApi: (accessToken: string, path = '/v1/pools') =>
      request(app).get(path).set('Authorization', `Bearer ${accessToken}`),
  };
}
