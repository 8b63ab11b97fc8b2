import { type RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import type { Accounts } from '../accounts/accounts.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { Limits } from '../limits/limits.ts';
import { networkOf } from '../limits/network.ts';
import { createRateLimit } from '../limits/rate-limit.ts';
import type { RedisClient } from '../redis/connect.ts';
import { cors } from './cors.ts';
import { createDeviceApproval, type DeviceApproval } from './device-approval.ts';
import { createTokenGuard } from './guard.ts';
import type { Keys } from './keys.ts';
import { createProvider } from './provider.ts';

export interface AuthOptions {
  readonly redis: RedisClient;
  /** Where people and Figma reach the broker, without a slash at its end. */
  readonly publicUrl: string;
  readonly keys: Keys;
  readonly accounts: Pick<Accounts, 'read'>;
  readonly limits: Pick<Limits, 'address' | 'account' | 'limitAddress'>;
  readonly logger: Logger;
  readonly environment: 'development' | 'production';
  /** ms since 1970 */
  readonly clock?: () => number;
  /** What a client waits between two polls, in seconds. 5, as in RFC 8628; 1 in development. */
  readonly pollIntervalSeconds?: number;
}

export interface Auth {
  /** The authorization server, to be mounted at `/`: `/oauth/*` and its metadata by RFC 8414. */
  readonly router: Router;
  readonly requireToken: RequestHandler;
  /** For the confirm page. */
  readonly approval: DeviceApproval;
}

/** Sign-ins that one address may start in 10 minutes. */
const MOST_STARTED = { production: 60, development: 10_000 };

const METADATA = '/.well-known/oauth-authorization-server';

/** All of oidc-provider that is offered; its own pages for signing in and confirming are not. */
const ASKED = ['/device/auth', '/token', '/token/revocation'];
const READ = ['/jwks', '/.well-known/openid-configuration', METADATA];

/** The authorization server and the guard that reads its tokens. */
export function createAuth(options: AuthOptions): Auth {
  const { redis, publicUrl, keys, limits, environment, clock = Date.now } = options;
  const pollIntervalSeconds = options.pollIntervalSeconds ?? (environment === 'development' ? 1 : 5);
  const provider = createProvider({ ...options, clock, pollIntervalSeconds });
  const serve = provider.callback();
  const started = createRateLimit(redis, { name: 'device', points: MOST_STARTED[environment], seconds: 600 });

  const oauth = Router();
  oauth.use(cors, limits.limitAddress);
  oauth.post('/device/auth', async (req, _res, next) => {
    await started.take(networkOf(req.ip));
    next();
  });
  const answer: RequestHandler = (req, res) => serve(req, res);
  for (const path of ASKED) oauth.route(path).post(answer).all(methodNotAllowed('POST'));
  for (const path of READ) oauth.route(path).get(answer).all(methodNotAllowed('GET'));

  const router = Router();
  router.use('/oauth', oauth);
  // Where RFC 8414 §3.1 puts the metadata of an issuer with a path.
  router.use(`${METADATA}/oauth`, cors, limits.limitAddress, (req, res) => {
    req.url = METADATA;
    req.originalUrl = `/oauth${METADATA}`;
    return serve(req, res);
  });

  return {
    router,
    requireToken: createTokenGuard({ publicUrl, keys, limits, clock }),
    approval: createDeviceApproval({ provider, redis, publicUrl, clock }),
  };
}
