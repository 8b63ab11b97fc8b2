import compression from 'compression';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import type { Logger } from 'pino';
import { notFound, problemHandler, requestId, toInkpotError } from './http/problem.ts';
import { sendErrorPage } from './pages/error-page.tsx';

/** The largest body that the API takes: a prompt and its settings are a few kB. */
const BODY_LIMIT = '32kb';

/** Every room's face, ready to be mounted. */
export interface Rooms {
  /** For all but pages and the playground, which have their own. */
  readonly securityHeaders: RequestHandler;
  readonly log: RequestHandler;
  readonly health: Router;
  /** null: shown to nobody. */
  readonly metrics: Router | null;
  /** Messages of Stripe and of providers, which need their bodies' exact bytes. */
  readonly webhooks: readonly Router[];
  readonly cors: RequestHandler;
  /** Counts requests that anybody may make. */
  readonly limitAddress: RequestHandler;
  /** `/oauth/*` */
  readonly auth: Router;
  readonly models: Router;
  readonly prices: Router;
  readonly quotes: Router;
  readonly generations: Router;
  readonly pools: Router;
  readonly transfers: Router;
  readonly statements: Router;
  readonly uploads: Router;
  readonly openApi: Router;
  /** The web pages: sign-in, activate, checkout and the rest. */
  readonly pages: readonly Router[];
  /** The Figma host for development; production has none. */
  readonly playground: RequestHandler | null;
}

/** The whole broker as an ordered list of routers. */
export function createApp(rooms: Rooms, { trustProxy, logger }: { trustProxy: number; logger: Logger }): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', trustProxy);
  app.set('query parser', 'simple');
  app.set('etag', false);

  if (rooms.playground) app.use('/playground', compression(), rooms.playground);
  app.use(rooms.securityHeaders);
  app.use(rooms.health);
  if (rooms.metrics) app.use(rooms.metrics, problemHandler(logger));
  app.use(rooms.log);
  for (const webhook of rooms.webhooks) app.use(webhook, problemHandler(logger));
  app.use(rooms.auth, problemHandler(logger));
  app.use('/v1', rooms.cors, api(rooms), notFound, problemHandler(logger));
  // Text only, and nothing that streams: pictures are compressed already, and events must not wait in a buffer.
  app.use(compression());
  app.use(rooms.limitAddress, rooms.openApi);
  for (const page of rooms.pages) app.use(page);
  app.use(notFound, pageErrors(logger));
  return app;
}

function api(rooms: Rooms): Router {
  const router = express.Router();
  router.use((_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });
  router.use(express.json({ limit: BODY_LIMIT, strict: true }));
  router.use('/models', rooms.limitAddress, rooms.models);
  router.use('/prices', rooms.limitAddress, rooms.prices);
  router.use('/quotes', rooms.quotes);
  router.use('/generations', rooms.generations);
  router.use('/assets', rooms.uploads);
  router.use(rooms.pools, rooms.transfers, rooms.statements);
  return router;
}

/** Whatever a page threw becomes a page that says what happened and what to do. */
function pageErrors(logger: Logger): ErrorRequestHandler {
  return (error, _req, res, next) => {
    if (res.headersSent) return next(error);
    const known = toInkpotError(error);
    if (known.code === 'internal') logger.error({ err: error, requestId: requestId(res) }, 'unexpected error');
    sendErrorPage(res, known, requestId(res));
  };
}
