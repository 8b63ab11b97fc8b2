import { hash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { InkpotError } from '../../shared/errors.ts';

/** Lets through whoever shows the operator's token (`Authorization: Bearer …`): for everybody else there is nothing. */
export function requireScrapeToken(token: string): RequestHandler {
  const expected = digest(`Bearer ${token}`);
  return (req, _res, next) => {
    if (timingSafeEqual(digest(req.get('Authorization') ?? ''), expected)) return next();
    throw new InkpotError('not_found');
  };
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
