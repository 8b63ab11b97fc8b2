import express, { type ErrorRequestHandler } from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { ulid } from 'ulid';
import { afterAll } from 'vitest';
import { credits } from '../../shared/credits.ts';
import { createAccounts } from '../accounts/accounts.ts';
import { createWebSessions } from '../accounts/web-session.ts';
import { toInkpotError } from '../http/problem.ts';
import { createLedger } from '../ledger/index.ts';
import { sendErrorPage } from '../pages/error-page.tsx';
import { createPools } from '../pools/pools.ts';
import { connectRedis } from '../redis/connect.ts';
import { quiet, startTestRedis } from '../redis/test-redis.ts';
import { createGiftCodes, type NewGiftCode } from './gift-codes.ts';
import { createGifts } from './index.ts';

/** The gift pages as the broker mounts them, on a Redis of their own that ends with the test file, and people who are signed in. */
export async function startTestGifts(publicUrl = 'http://localhost:8787') {
  const server = await startTestRedis();
  const connect = () => connectRedis({ url: server.url, name: 'test', logger: quiet });
  const [redis, other] = await Promise.all([connect(), connect()]);
  afterAll(async () => {
    redis.destroy();
    other.destroy();
    await server.stop();
  });
  const time = { now: Date.parse('2026-11-24T12:00:00Z') };
  const clock = () => time.now;
  const logged: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line) => void logged.push(line) });
  const ledger = createLedger(redis);
  const pools = createPools({ redis, ledger });
  const accounts = createAccounts({ redis, pools, clock });
  const webSessions = createWebSessions({ redis, accounts, publicUrl, formKey: 'form key of the tests' });
  const codes = createGiftCodes(redis, clock);
  const gifts = createGifts({ redis, ledger, pools, webSessions, environment: 'development', clock, logger });

  const app = express();
  app.set('query parser', 'simple');
  app.post('/test/sign-in/:account', async (req, res) => {
    await webSessions.open(req, res, req.params.account);
    res.end();
  });
  app.use(gifts.router);
  const pageErrors: ErrorRequestHandler = (error, _req, res, _next) => sendErrorPage(res, toInkpotError(error));
  app.use(pageErrors);

  return {
    app,
    redis,
    /** Another broker's connection to the same Redis. */
    other,
    ledger,
    codes,
    gifts,
    clock,
    time,
    logger,
    logged,

    /** Somebody with a new account and their own browser. */
    async newPerson() {
      const account = await accounts.signIn(`${ulid().toLowerCase()}@example.com`);
      const [pool] = await pools.list(account.id);
      if (!pool) throw new Error('a new account has a personal pool');
      const browser = request.agent(app);
      await browser.post(`/test/sign-in/${account.id}`).expect(200);
      const openForm = async () => {
        const { text } = await browser.get(`/gift?pool=${pool.id}`).expect(200);
        const inputs = text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g);
        return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, value]));
      };
      const send = (form: Record<string, string>) => browser.post('/gift').type('form').send(form);
      return {
        account,
        poolId: pool.id,
        browser,
        openForm,
        send,
        /** Types a code into the page, and sends it. */
        redeem: async (code: string) => send({ ...(await openForm()), code }),
      };
    },

    /** A code of 50 credits, once, unless said otherwise. */
    newCode: (rest: Partial<NewGiftCode> = {}) =>
      codes.create({ credits: credits(50), limit: 1, actor: 'operator:eva', reason: 'a fair', ...rest }),

    /** What a pool got as gifts in all, and in how many entries. */
    async given(poolId: string) {
      const entries = await ledger.listEntries(poolId, { limit: 100 });
      return entries.filter(({ kind }) => kind === 'topup').map(({ split }) => split.gift);
    },
  };
}
