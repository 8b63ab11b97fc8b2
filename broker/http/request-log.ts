import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

/** Paths whose last part opens something by itself: a link to a result, the address that a provider was given. */
const OPENS = /(\/links\/|\/webhooks\/providers\/[^/]+\/)[^/]+/;

/** A path as it may stand in a log. */
export function loggedPath(path: string): string {
  return path.replace(OPENS, '$1…');
}

/**
 * Logs each request by its path, without query, headers or body, because those carry codes, tokens and prompts. Its id
 * goes back in `X-Request-Id` and into every error that a person sees.
 */
export function requestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId(_req, res) {
      const id = randomUUID();
      res.setHeader('X-Request-Id', id);
      return id;
    },
    customLogLevel: (_req, res, error) => (error || res.statusCode >= 500 ? 'warn' : 'debug'),
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        path: loggedPath(url.split('?', 1)[0] ?? ''),
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  });
}
