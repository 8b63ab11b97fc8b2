import { type Response, Router } from 'express';
import { z } from 'zod';
import { type WebSessions, webSessionOf } from '../accounts/web-session.ts';
import type { DeviceApproval, DeviceSignIn } from '../auth/device-approval.ts';
import { parseInput } from '../http/parse.ts';
import { createRateLimit } from '../limits/rate-limit.ts';
import type { RedisClient } from '../redis/connect.ts';
import { ConfirmPage, DecidedPage, TypeCodePage } from './activate-page.tsx';
import { sendPage } from './send-page.tsx';

export interface ActivateRouterOptions {
  readonly redis: RedisClient;
  readonly sessions: WebSessions;
  readonly approval: DeviceApproval;
  /** ms since 1970 */
  readonly clock?: () => number;
}

/** Codes that lead nowhere, per person and 10 minutes: a code is one of 25,600,000,000. */
const MOST_WRONG = 10;

const DecisionForm = z.object({ user_code: z.string().max(64), decision: z.enum(['allow', 'deny']) });

/** `GET /activate[?user_code=…]` and `POST /activate`: where a person lets the plugin in, or does not. */
export function activateRouter({ redis, sessions, approval, clock = Date.now }: ActivateRouterOptions): Router {
  const wrongCodes = createRateLimit(redis, { name: 'user-code', points: MOST_WRONG, seconds: 600 });

  async function sendState(res: Response, signIn: DeviceSignIn, typed: string): Promise<void> {
    const session = webSessionOf(res);
    switch (signIn.state) {
      case 'pending':
        return sendPage(res, <ConfirmPage session={session} signIn={signIn} now={clock()} />);
      case 'unknown': {
        await wrongCodes.take(session.accountId);
        const fault = 'No sign-in is waiting under this code. Compare it with the one in Figma.';
        return sendPage(res, <TypeCodePage session={session} typed={typed} fault={fault} />, { status: 404 });
      }
      case 'allowed':
      case 'denied':
        return sendPage(res, <DecidedPage session={session} state={signIn.state} />);
      case 'expired':
        return sendPage(res, <DecidedPage session={session} state="expired" />, { status: 410 });
    }
  }

  const router = Router();
  router.get('/activate', sessions.requireWebSession, async (req, res) => {
    const typed = typeof req.query.user_code === 'string' ? req.query.user_code.slice(0, 64) : '';
    if (typed === '') return sendPage(res, <TypeCodePage session={webSessionOf(res)} />);
    await wrongCodes.requireLeft(webSessionOf(res).accountId);
    await sendState(res, await approval.find(typed), typed);
  });
  router.post('/activate', sessions.requireWebSession, ...sessions.requireOwnForm, async (req, res) => {
    const { user_code: typed, decision } = parseInput(DecisionForm, req.body);
    const { accountId } = webSessionOf(res);
    await wrongCodes.requireLeft(accountId);
    const state = await approval.decide(typed, accountId, decision);
    await sendState(res, state === 'pending' ? { state: 'unknown' } : { state }, typed);
  });
  return router;
}
