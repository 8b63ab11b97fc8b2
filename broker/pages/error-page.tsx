import type { Response } from 'express';
import { ERRORS, type InkpotError } from '../../shared/errors.ts';
import { Layout } from './layout.tsx';
import { sendPage } from './send-page.tsx';

/** What a person sees when a page could not be shown: what happened, what they can do, and the id to ask about. */
function ErrorPage({ error, requestId }: { readonly error: InkpotError; readonly requestId?: string | undefined }) {
  const { title } = ERRORS[error.code];
  return (
    <Layout title={title}>
      <div class="snug">
        <h1>{title}</h1>
        {error.details.detail && <p class="quiet">{error.details.detail}</p>}
      </div>
      <a class="button plain" href="/">
        Back to Inkpot
      </a>
      {requestId && <p class="hint">Request {requestId}</p>}
    </Layout>
  );
}

/** Answers a browser with the page of an error, under the error's own status. */
export function sendErrorPage(res: Response, error: InkpotError, requestId?: string): void {
  const { retryAfterSeconds } = error.details;
  if (retryAfterSeconds !== undefined) res.set('Retry-After', String(Math.ceil(retryAfterSeconds)));
  sendPage(res, <ErrorPage error={error} requestId={requestId} />, { status: ERRORS[error.code].status });
}
