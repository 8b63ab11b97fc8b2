import { Router } from 'express';
import type { Pool } from '../../shared/api/pools.ts';
import { formatCredits, formatUsd } from '../../shared/credits.ts';
import { type WebSession, type WebSessions, webSessionOf } from '../accounts/web-session.ts';
import type { Pools } from '../pools/pools.ts';
import { Layout } from './layout.tsx';
import { sendPage } from './send-page.tsx';

export interface HomeRouterOptions {
  readonly sessions: WebSessions;
  readonly pools: Pick<Pools, 'list'>;
}

/** `GET /`: what a signed-in person has. */
export function homeRouter({ sessions, pools }: HomeRouterOptions): Router {
  const router = Router();
  router.get('/', sessions.requireWebSession, async (_req, res) => {
    const session = webSessionOf(res);
    sendPage(res, <HomePage session={session} pools={await pools.list(session.accountId)} />);
  });
  return router;
}

function HomePage({ session, pools }: { readonly session: WebSession; readonly pools: readonly Pool[] }) {
  return (
    <Layout title="Your credits" session={session}>
      <h1>Your credits</h1>
      {pools.map(({ id, name, balance }) => (
        <section class="stack" key={id} aria-label={name}>
          <div class="snug">
            <h2>{name}</h2>
            <p class="big">{formatCredits(balance.available)}</p>
            <p class="quiet">
              {balance.available > 0 && `Worth ${formatUsd(balance.available)}. `}
              Credits never expire.
              {balance.held > 0 && ` ${formatCredits(balance.held)} more are reserved for running generations.`}
            </p>
          </div>
          <a class="button" href={`/checkout?pool=${encodeURIComponent(id)}`}>
            Top up
          </a>
        </section>
      ))}
      <p class="quiet">
        To connect Figma, run Inkpot there and click Sign in; it shows a code to <a href="/activate">confirm here</a>.
        What each model costs is in the <a href="/prices">price list</a>.
      </p>
    </Layout>
  );
}
