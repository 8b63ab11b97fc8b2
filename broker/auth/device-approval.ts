import type { DeviceCode, Provider } from 'oidc-provider';
import type { RedisClient } from '../redis/connect.ts';
import { DeviceRequest, describeDevice } from './device-request.ts';
import { API_SCOPE, audienceOf, PLUGIN_CLIENT } from './identity.ts';

/** Where a sign-in that waits for its person stands. */
export type DeviceSignIn =
  | { readonly state: 'unknown' | 'expired' | 'allowed' | 'denied' }
  | {
      readonly state: 'pending';
      /** As shown in Figma: `BCDF-GHJK`. */
      readonly userCode: string;
      /** For instance `Figma desktop app on macOS`. */
      readonly device: string;
      /** ms since 1970 */
      readonly startedAt: number;
    };

type Decision = 'allow' | 'deny';

/** What the confirm page does: find out who asks under a code, and decide. */
export interface DeviceApproval {
  /** @param typed as a person types it: in any case, with or without the dash. */
  find(typed: string): Promise<DeviceSignIn>;
  /**
   * Decides a pending sign-in, once: the first decision stands, whoever makes the second.
   * @returns how it stands afterwards.
   */
  decide(typed: string, accountId: string, decision: Decision): Promise<DeviceSignIn['state']>;
}

export interface DeviceApprovalOptions {
  readonly provider: Provider;
  readonly redis: RedisClient;
  readonly publicUrl: string;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Longer than a device code lives, in seconds. */
const DECISION_SECONDS = 20 * 60;

/**
 * Decides on device codes from our own page and web session. oidc-provider's own verification page would bring a
 * second session, second cookies and a redirect between the two; the models that it works with are public.
 */
export function createDeviceApproval({ provider, redis, publicUrl, clock }: DeviceApprovalOptions): DeviceApproval {
  const load = (typed: string) => provider.DeviceCode.findByUserCode(normalize(typed), { ignoreExpiration: true });

  async function allow(code: DeviceCode, accountId: string): Promise<void> {
    const scope = requestedScope(code);
    const grant = new provider.Grant({ accountId, clientId: PLUGIN_CLIENT });
    grant.addOIDCScope(scope);
    grant.addResourceScope(audienceOf(publicUrl), API_SCOPE);
    const grantId = await grant.save();
    const authTime = Math.floor(clock() / 1000);
    await Object.assign(code, { accountId, grantId, scope, resource: audienceOf(publicUrl), authTime }).save();
  }

  return {
    async find(typed) {
      const code = await load(typed);
      const state = stateOf(code);
      if (!code || state !== 'pending') return { state: state === 'pending' ? 'unknown' : state };
      const { userAgent, startedAt } = DeviceRequest.parse(code.deviceInfo);
      return { state, userCode: display(normalize(typed)), device: describeDevice(userAgent), startedAt };
    },
    async decide(typed, accountId, decision) {
      const code = await load(typed);
      const state = stateOf(code);
      if (!code || state !== 'pending') return state;
      const decided = `oidc:decided:${normalize(typed)}`;
      const value = `${decision} ${accountId}`;
      const expiration = { type: 'EX', value: DECISION_SECONDS } as const;
      const earlier = await redis.set(decided, value, { condition: 'NX', GET: true, expiration });
      // The same decision again: a second click, or a first one that died before its code was saved.
      if (earlier !== null && earlier !== value) return earlier.startsWith('allow') ? 'allowed' : 'denied';
      if (decision === 'allow') await allow(code, accountId);
      else await Object.assign(code, { error: 'access_denied', errorDescription: 'denied in the browser' }).save();
      return decision === 'allow' ? 'allowed' : 'denied';
    },
  };
}

function stateOf(code: DeviceCode | undefined): DeviceSignIn['state'] {
  if (!code) return 'unknown';
  if (code.accountId) return 'allowed';
  if (code.error) return 'denied';
  return code.isExpired ? 'expired' : 'pending';
}

/** What the plugin asked for, and always the API. */
function requestedScope(code: DeviceCode): string {
  const asked = typeof code.params.scope === 'string' ? code.params.scope.split(' ') : [];
  const known = asked.filter((scope) => scope === 'openid' || scope === 'offline_access');
  return [...new Set([...known, API_SCOPE])].join(' ');
}

function normalize(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/[^A-Z]/g, '')
    .slice(0, 16);
}

function display(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
