import { type Context, errors, Provider } from 'oidc-provider';
import type { Accounts } from '../accounts/accounts.ts';
import type { RedisClient } from '../redis/connect.ts';
import { createAdapter } from './adapter.ts';
import { readDeviceRequest } from './device-request.ts';
import { API_SCOPE, audienceOf, DEVICE_GRANT, PLUGIN_CLIENT } from './identity.ts';
import type { Keys } from './keys.ts';

/** How long an access token works, in seconds. It cannot be revoked, so this is how long a sign-out takes at most. */
const ACCESS_TOKEN_SECONDS = 10 * 60;

/** How long one sign-in lasts, in seconds, however often its refresh token is replaced. */
const SIGN_IN_SECONDS = 90 * 24 * 3_600;

const DEVICE_CODE_SECONDS = 10 * 60;

/** How long the other open file may still use a refresh token that was just replaced, in ms. */
const LEEWAY_MS = 30_000;

export interface ConfigurationOptions {
  readonly redis: RedisClient;
  /** Where people and Figma reach the broker, without a slash at its end. */
  readonly publicUrl: string;
  readonly keys: Pick<Keys, 'jwks' | 'cookieKeys'>;
  readonly accounts: Pick<Accounts, 'read'>;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** What oidc-provider is told: one public client with two grants, and nothing that they do not need. */
export function providerConfiguration({ redis, publicUrl, keys, accounts, clock }: ConfigurationOptions) {
  const audience = audienceOf(publicUrl);
  return {
    adapter: (model: string) =>
      createAdapter(model, {
        redis,
        clock,
        leewayMs: LEEWAY_MS,
        rotating: () => Provider.ctx?.oidc.entities.RotatedRefreshToken?.jti,
      }),
    jwks: keys.jwks,
    cookies: { keys: keys.cookieKeys },
    clients: [
      {
        client_id: PLUGIN_CLIENT,
        client_name: 'Inkpot for Figma',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: [DEVICE_GRANT, 'refresh_token'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    clientAuthMethods: ['none'],
    responseTypes: [],
    scopes: ['openid', 'offline_access'],
    claims: { openid: ['sub'] },
    findAccount: async (_context: Context, accountId: string) => {
      const account = await accounts.read(accountId);
      return account && { accountId, claims: async () => ({ sub: accountId }) };
    },
    extraTokenClaims: async (_context: Context, { accountId }: { accountId: string }) => {
      const account = await accounts.read(accountId);
      return account && { name: account.name };
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: '****-****',
        deviceInfo: (context: Context) => readDeviceRequest(context, clock()),
      },
      revocation: {
        enabled: true,
        allowedPolicy: async (_context: Context, client: { clientId: string }, token: { clientId: string }) =>
          token.clientId === client.clientId,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => audience,
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_context: Context, resource: string) => {
          if (resource !== audience) throw new errors.InvalidTarget();
          return {
            scope: API_SCOPE,
            audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: ACCESS_TOKEN_SECONDS,
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    expiresWithSession: async () => false,
    revokeGrantPolicy: () => true,
    renderError: async (context: Context, error: unknown) => {
      context.body = error;
    },
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      IdToken: ACCESS_TOKEN_SECONDS,
      DeviceCode: DEVICE_CODE_SECONDS,
      // A day more than its tokens, which are issued after it.
      Grant: SIGN_IN_SECONDS + 24 * 3_600,
      RefreshToken: (_context: Context, token: { iiat: number }) =>
        Math.max(1, token.iiat + SIGN_IN_SECONDS - Math.floor(Date.now() / 1000)),
    },
  };
}
