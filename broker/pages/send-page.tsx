import { createHash } from 'node:crypto';
import type { Response } from 'express';
import helmet from 'helmet';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { STYLES } from './styles.ts';

export interface PageOptions {
  /** 200 unless said otherwise. */
  readonly status?: number;
  /**
   * Origins beside our own that a form's answer may redirect to, such as `https://checkout.stripe.com`: browsers apply
   * `form-action` to that redirect too (CSP Level 3 §6.4.2).
   */
  readonly formTargets?: readonly string[];
}

/**
 * Answers with a server-rendered page: no script may run in it, nothing may frame it, no cache keeps it, and no other
 * site learns its address.
 * @param page a `<Layout>` with its content.
 */
export function sendPage(res: Response, page: VNode, { status = 200, formTargets = [] }: PageOptions = {}): void {
  const headers = formTargets.length === 0 ? ownForms : headersFor(formTargets);
  headers(res.req, res, () => {
    res
      .status(status)
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(`<!doctype html>${renderToString(page)}`);
  });
}

const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLES).digest('base64')}'`;

const ownForms = headersFor([]);

function headersFor(formTargets: readonly string[]) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: [STYLE_HASH],
        imgSrc: ["'self'", 'data:'],
        formAction: ["'self'", ...formTargets],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
}
