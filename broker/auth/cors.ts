import type { RequestHandler } from 'express';

const METHODS = 'GET, POST, DELETE, OPTIONS';
const REQUEST_HEADERS = 'authorization, content-type, idempotency-key, last-event-id, if-none-match';
const ANSWER_HEADERS = 'etag, idempotency-replayed, location, retry-after, x-request-id, www-authenticate';

/**
 * Lets any page call, without credentials. The plugin's panel has the origin `null`, which any sandboxed frame can
 * have, so an origin proves nothing here: what opens the API is the token in `Authorization`, which no browser adds by
 * itself. The answer is the same for every origin, so no cache has to tell them apart.
 */
export const cors: RequestHandler = (req, res, next) => {
  res.set('Access-Control-Allow-Origin', '*');
  if (req.method !== 'OPTIONS' || !req.get('Access-Control-Request-Method')) {
    res.set('Access-Control-Expose-Headers', ANSWER_HEADERS);
    return next();
  }
  res.set({
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Allow-Headers': REQUEST_HEADERS,
    'Access-Control-Max-Age': '600',
  });
  res.status(204).end();
};
