import express, { type Router } from 'express';
import type { Logger } from 'pino';
import { createAccounts } from './accounts/accounts.ts';
import { createSignInCodes } from './accounts/sign-in-codes.ts';
import { createWebSessions } from './accounts/web-session.ts';
import { createAlarms } from './alarms/alarms.ts';
import { createApp } from './app.ts';
import { createArchiver } from './archive/archiver.ts';
import { createEntryPages } from './archive/entry-pages.ts';
import { openArchive } from './archive/open-archive.ts';
import { createSeal } from './archive/seal.ts';
import { createChanges } from './auditor/changes.ts';
import { createAuditor } from './auditor/index.ts';
import { createAuth } from './auth/auth.ts';
import { cors } from './auth/cors.ts';
import { loadKeys } from './auth/keys.ts';
import { createNudges } from './checkout/auto-topup/nudges.ts';
import { createCheckout } from './checkout/index.ts';
import type { Config } from './config.ts';
import { jobNameOf } from './generations/generation.ts';
import { createGenerationEvents } from './generations/generation-events.ts';
import { createGenerationStore } from './generations/generation-store.ts';
import { generationsRouter } from './generations/generations-router.ts';
import { providerWebhookRouter } from './generations/webhook-router.ts';
import { createGifts } from './gifts/index.ts';
import { healthRouter } from './http/health.ts';
import { createIdempotency } from './http/idempotency.ts';
import { playground } from './http/playground.ts';
import { requestLog } from './http/request-log.ts';
import { securityHeaders } from './http/security-headers.ts';
import { createLedger } from './ledger/index.ts';
import { createLimits } from './limits/limits.ts';
import { listen } from './listen.ts';
import { createMailbox } from './mail/mailbox.ts';
import { createMailboxMailer, createSmtpMailer } from './mail/mailer.ts';
import { createMetrics } from './metrics/metrics.ts';
import { requireScrapeToken } from './metrics/require-scrape-token.ts';
import { loadCatalogue } from './models/load-catalogue.ts';
import { modelsRouter } from './models/models-router.ts';
import { openConnections } from './open-connections.ts';
import { openGenerations } from './open-generations.ts';
import { openApiRouter } from './openapi/openapi-router.ts';
import { activateRouter } from './pages/activate-router.tsx';
import { devMailRouter, MAILBOX_PATH } from './pages/dev-mail-router.tsx';
import { homeRouter } from './pages/home-router.tsx';
import { pricesPageRouter } from './pages/prices-router.tsx';
import { signInRouter } from './pages/sign-in-router.tsx';
import { createPools } from './pools/pools.ts';
import { poolsRouter } from './pools/pools-router.ts';
import { pricesRouter } from './prices/prices-router.ts';
import { createQuoteReader } from './quotes/quote-token.ts';
import { quotesRouter } from './quotes/quotes-router.ts';
import { statementRouter } from './statements/statement-router.ts';
import { createTransfers } from './transfers/index.ts';
import { tuneHeap } from './tune-heap.ts';
import { uploadsRouter } from './uploads/uploads-router.ts';

/** A running broker. */
export interface Broker {
  /** Where people and Figma reach it, without a trailing slash. */
  readonly url: string;
  /** Takes no new work, lets steps that are under way settle, and closes everything. The rest goes on at the next start. */
  stop(): Promise<void>;
}

/**
 * Brings a broker up: its address first, then its connections, then its rooms, and only then an app that answers.
 * @throws Error naming what is wrong with the port, the Redis server or the catalogue, and what to do.
 */
export async function startBroker(config: Config, logger: Logger): Promise<Broker> {
  tuneHeap();
  const listener = await listen(config);
  const url = config.publicUrl ?? `http://localhost:${listener.port}`;
  try {
    const rooms = await openRooms(config, url, logger);
    listener.serve(rooms.app);
    return {
      url,
      async stop() {
        rooms.drain();
        await listener.close();
        await rooms.close();
      },
    };
  } catch (error) {
    await listener.close();
    throw error;
  }
}

async function openRooms(config: Config, publicUrl: string, logger: Logger) {
  const { mode: environment } = config;
  const clock = Date.now;
  const catalogue = await loadCatalogue(config.catalogue, config.tariff);
  const { tariff } = catalogue;
  const connections = await openConnections(config, logger);
  const { redis, cache, subscriber, requireSafe } = connections;

  const keys = await loadKeys(redis);
  const changes = createChanges(clock);
  const nudges = createNudges();
  const ledger = createLedger(redis, (poolId) => {
    changes.note(poolId);
    nudges.note(poolId);
  });
  const archive = await openArchive(config);
  const seal = await createSeal(keys.jwks.keys);
  const listEntries = createEntryPages({ ledger, store: archive, seal });
  const pools = createPools({ redis, ledger: { ...ledger, listEntries } });
  const accounts = createAccounts({ redis, pools, clock });
  const limits = createLimits(cache, config.limits);
  const auth = createAuth({ redis, publicUrl, keys, accounts, limits, logger, environment, clock });
  const [formKey = ''] = keys.cookieKeys;
  const webSessions = createWebSessions({ redis, accounts, publicUrl, formKey });

  const events = await createGenerationEvents(cache, subscriber, logger);
  const store = createGenerationStore({ redis, ledger, pools, events, clock });
  const metrics = createMetrics(() => store.countOrphans());
  const mailbox = config.smtp || environment === 'production' ? null : createMailbox(redis, clock);
  const mailer = config.smtp ? createSmtpMailer(config.smtp) : mailbox && createMailboxMailer(mailbox);
  if (!mailer) logger.warn('nobody can sign in: set SMTP_URL, so that sign-in codes can be mailed');
  const alarms = createAlarms({
    redis,
    metrics,
    mailer,
    operatorEmail: config.operatorEmail,
    publicUrl,
    logger,
  });

  const making = await openGenerations({
    config,
    publicUrl,
    catalogue,
    ...connections,
    keys,
    ledger,
    store,
    events,
    metrics,
    alarms,
    logger,
    clock,
  });
  const { providers, roster, jobs, uploads } = making;
  const auditor = createAuditor({ redis, ledger, changes, alarms, metrics, jobOf: jobNameOf, logger, clock });
  const checkout = await createCheckout({
    redis,
    ledger,
    pools,
    stripe: config.stripe,
    environment,
    publicUrl,
    webSessions,
    mailer,
    alarms,
    nudges,
    clock,
    logger,
  });
  const archiver = createArchiver({
    redis,
    ledger,
    store: archive,
    seal,
    alarms,
    logger,
  });
  const gifts = createGifts({ redis, ledger, pools, webSessions, environment, clock, logger });

  const signIn = signInRouter({
    redis,
    accounts,
    codes: createSignInCodes(redis),
    sessions: webSessions,
    mailer,
    mailbox: mailbox ? MAILBOX_PATH : undefined,
    publicUrl,
    environment,
    logger,
  });
  const activate = activateRouter({ redis, sessions: webSessions, approval: auth.approval, clock });
  const home = homeRouter({ sessions: webSessions, pools });

  const draining = new AbortController();
  const { requireToken } = auth;
  const { quoteKey } = keys;
  const shared = {
    ledger,
    pools,
    store,
    events,
    jobs,
    offered: roster,
    assets: making.assets,
    uploads,
    idempotency: createIdempotency(redis, logger),
    limits,
    draining: draining.signal,
    spending: making.spending,
    providers,
    tariff,
    requireSafe,
    requireToken,
    quoteKey,
    linkKey: keys.linkKey,
    publicUrl,
    readQuote: createQuoteReader(quoteKey),
    clock,
  };
  const transfers = createTransfers({ redis, alarms, logger, ...shared });
  const background = [
    auditor,
    archiver,
    gifts.finisher,
    transfers.job,
    ...[checkout.reconciler, checkout.paymentAudit, checkout.autoTopup].filter((one) => one !== null),
  ];
  for (const one of background) one.start();
  const app = createApp(
    {
      securityHeaders: securityHeaders(publicUrl),
      log: requestLog(logger),
      health: healthRouter({
        isReady: async () => !draining.signal.aborted && (await connections.isReady()),
      }),
      metrics: metricsRoute(config, metrics.router),
      webhooks: [
        checkout.webhookRouter,
        providerWebhookRouter({ key: keys.webhookKey, store, providers, jobs, logger, clock }),
      ],
      cors,
      limitAddress: limits.limitAddress,
      auth: auth.router,
      models: modelsRouter({ roster, trust: making.trust, tariff }),
      prices: pricesRouter(making.prices),
      quotes: quotesRouter({ ...shared, tariff }),
      generations: generationsRouter(shared),
      pools: poolsRouter({ pools, requireToken }),
      transfers: transfers.router,
      statements: statementRouter({ ...shared, redis, store: archive, seal, issuer: publicUrl }),
      uploads: uploadsRouter({ uploads, limits, requireToken }),
      openApi: openApiRouter(publicUrl),
      pages: [
        home,
        signIn,
        activate,
        pricesPageRouter(making.prices),
        checkout.router,
        gifts.router,
        ...(mailbox ? [devMailRouter(mailbox)] : []),
      ],
      playground: config.playgroundDir ? playground(config.playgroundDir) : null,
    },
    { trustProxy: config.trustProxy, logger },
  );

  return {
    app,
    drain() {
      draining.abort();
    },
    async close() {
      connections.stopWatching();
      await making.close();
      for (const one of background) await one.stop();
      connections.close();
    },
  };
}

/** The metrics for whoever has the token. Without one, development shows them to everybody and production to nobody. */
function metricsRoute({ mode, metricsToken }: Config, metrics: Router): Router | null {
  if (!metricsToken) return mode === 'development' ? metrics : null;
  const guarded = express.Router();
  guarded.use('/metrics', requireScrapeToken(metricsToken));
  return guarded.use(metrics);
}
