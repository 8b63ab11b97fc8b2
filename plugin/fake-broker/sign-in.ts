import type { ServerResponse } from 'node:http';
import { CORS, type Incoming, json } from './http.ts';

/** What a test may turn of it, at any time. */
export interface SignInKnobs {
  /** How the next poll of a sign-in is answered. */
  device: 'authorization_pending' | 'slow_down' | 'access_denied' | 'expired_token' | 'approved';
  deviceExpiresIn: number;
  deviceInterval: number;
}

/** Sign-in by oidc-provider's shapes. */
export interface FakeSignIn {
  /** The refresh tokens that work. */
  readonly refreshTokens: Set<string>;
  /** Answers a request below `/oauth/`. */
  answer(req: Incoming, res: ServerResponse, url: string): ServerResponse;
}

/** @param next gives a name that no other has. */
export function createFakeSignIn(knobs: Readonly<SignInKnobs>, next: (prefix: string) => string): FakeSignIn {
  const refreshTokens: FakeSignIn['refreshTokens'] = new Set();

  function tokens() {
    const refresh = next('refresh');
    refreshTokens.add(refresh);
    return {
      access_token: accessToken(next('jti')),
      expires_in: 600,
      id_token: 'unused',
      refresh_token: refresh,
      scope: 'openid offline_access',
      token_type: 'Bearer',
    };
  }

  function answer(req: Incoming, res: ServerResponse, url: string): ServerResponse {
    if (req.path.endsWith('/.well-known/openid-configuration')) {
      return json(res, 200, {
        issuer: `${url}/oauth`,
        device_authorization_endpoint: `${url}/oauth/device/auth`,
        token_endpoint: `${url}/oauth/token`,
        revocation_endpoint: `${url}/oauth/token/revocation`,
        jwks_uri: `${url}/oauth/jwks`,
      });
    }
    const fields = new URLSearchParams(req.body);
    if (req.path === '/oauth/device/auth') {
      return json(res, 200, {
        device_code: next('device'),
        user_code: 'WDJB-MJHT',
        verification_uri: `${url}/activate`,
        verification_uri_complete: `${url}/activate?user_code=WDJB-MJHT`,
        expires_in: knobs.deviceExpiresIn,
        interval: knobs.deviceInterval,
      });
    }
    if (req.path === '/oauth/token/revocation') {
      refreshTokens.delete(fields.get('token') ?? '');
      return res.writeHead(200, CORS).end();
    }
    if (fields.get('grant_type') === 'refresh_token') {
      if (!refreshTokens.delete(fields.get('refresh_token') ?? '')) return json(res, 400, { error: 'invalid_grant' });
      return json(res, 200, tokens());
    }
    if (knobs.device === 'approved') return json(res, 200, tokens());
    return json(res, 400, { error: knobs.device, error_description: 'as the test wants it' });
  }

  return { refreshTokens, answer };
}

/** A JWT's shape with what the panel reads of it (RFC 9068). Its signature is nobody's. */
function accessToken(jti: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES256', typ: 'at+jwt' })}.${part({ sub: 'acc_1', name: 'Ada Lovelace', jti })}.unsigned`;
}
