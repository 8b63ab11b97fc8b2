/**
 * The same work as `POST /v1/generations`, by the broker's own rooms, on bare `node:http`: no Express, no log, no
 * security headers, no metrics.
 * @module
 */
import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Queue } from 'bullmq';
import type { Request, Response } from 'express';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { pino } from 'pino';
import { GenerationRequest } from '../../../shared/api/generations.ts';
import { audienceOf, issuerOf } from '../../auth/identity.ts';
import { loadKeys } from '../../auth/keys.ts';
import { createRemembered } from '../../auth/remembered.ts';
import { readConfig } from '../../config.ts';
import { createGeneration } from '../../generations/create-generation.ts';
import { toResource } from '../../generations/generation.ts';
import { createGenerationEvents } from '../../generations/generation-events.ts';
import { newSuffix } from '../../generations/generation-id.ts';
import { createGenerationStore } from '../../generations/generation-store.ts';
import { createIdempotency } from '../../http/idempotency.ts';
import { parseInput } from '../../http/parse.ts';
import { createLedger } from '../../ledger/index.ts';
import { createLimits } from '../../limits/limits.ts';
import { createSpending } from '../../limits/spending.ts';
import { loadCatalogue } from '../../models/load-catalogue.ts';
import { createRoster } from '../../models/roster.ts';
import { createPools } from '../../pools/pools.ts';
import { createProviders } from '../../providers/registry.ts';
import { createQuoteReader } from '../../quotes/quote-token.ts';
import { connectRedis } from '../../redis/connect.ts';
import { connectQueueRedis } from '../../redis/queue-connection.ts';
import { tuneHeap } from '../../tune-heap.ts';

tuneHeap();
const config = readConfig(process.env);
const publicUrl = config.publicUrl ?? '';
const logger = pino({ level: 'silent' });
const clock = Date.now;
const connection = { url: config.redisUrl, name: 'bare', logger };
const redis = await connectRedis(connection);
const keys = await loadKeys(redis);
const ledger = createLedger(redis);
const pools = createPools({ redis, ledger });
const limits = createLimits(redis, config.limits);
const { models, tariff } = await loadCatalogue(config.catalogue, config.tariff);
const providers = createProviders(config);
const events = await createGenerationEvents(redis, await connectRedis(connection), logger);
const idempotency = createIdempotency(redis, logger);
const queue = new Queue('generations-sketch', { connection: await connectQueueRedis(connection, 'queue') });
const options = {
  ledger,
  store: createGenerationStore({ redis, ledger, pools, events, clock }),
  jobs: {
    serves: () => true,
    async enqueue({ generationId }: { generationId: string }) {
      await queue.add('step', { polls: 0 }, { jobId: generationId, removeOnComplete: true, removeOnFail: true });
    },
    hurry: async () => undefined,
    close: async () => undefined,
  },
  limits,
  spending: createSpending({
    redis,
    most: config.spending,
    alarms: { raise: async () => undefined },
    clock,
  }),
  tariff,
  offered: createRoster({ catalogue: models, providers, health: { isUp: () => true, down: () => [] }, clock }),
  providers,
  uploads: { use: async () => undefined },
  readQuote: createQuoteReader(keys.quoteKey),
  requireSafe: () => undefined,
  clock,
};

const keySet = createLocalJWKSet({ keys: keys.jwks.keys.map(({ d: _private, ...key }) => key) });
const expected = { algorithms: ['ES256'], issuer: issuerOf(publicUrl), audience: audienceOf(publicUrl), typ: 'at+jwt' };
const remembered = createRemembered<{ accountId: string; name: string }>(10_000);

async function accountOf(authorization = '') {
  const token = authorization.slice('Bearer '.length);
  const digest = hash('sha256', token, 'base64url');
  const known = remembered.recall(digest, clock());
  if (known) return known;
  const { payload } = await jwtVerify(token, keySet, expected);
  const account = { accountId: String(payload.sub), name: String(payload.name) };
  remembered.keep(digest, account, Number(payload.exp) * 1_000);
  return account;
}

/** Only what the room that remembers answers uses of Express. */
function asExpress(req: IncomingMessage, res: ServerResponse): [Request, Response] {
  const request = { get: (name: string) => req.headers[name.toLowerCase()] };
  const response = {
    status(status: number) {
      res.statusCode = status;
      return response;
    },
    set(name: string, value: string) {
      res.setHeader(name, value);
      return response;
    },
    location: (url: string) => response.set('Location', url),
    send: (body: string) => res.setHeader('Content-Length', Buffer.byteLength(body)).end(body),
  };
  return [request as Request, response as unknown as Response];
}

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const account = await accountOf(req.headers.authorization);
  await limits.account.take(account.accountId);
  const body = parseInput(GenerationRequest, JSON.parse(await text(req)));
  const { accountId } = account;
  const money = { accountId, route: 'generations', body, newId: () => newSuffix(clock()) };
  await idempotency.answerOnce(...asExpress(req, res), money, async (attempt) => {
    const { generation, balance, queued } = await createGeneration(options, account, attempt, body);
    const { available, paid, gift, held } = balance;
    return {
      status: 202,
      location: `/v1/generations/${generation.generationId}`,
      body: { generation: toResource(generation), balance: { available, paid, gift, held } },
      meanwhile: queued,
    };
  });
}

createServer((req, res) => {
  if (req.url === '/readyz') return res.end();
  answer(req, res).catch(() => res.writeHead(500).end());
}).listen(config.port, config.host);
