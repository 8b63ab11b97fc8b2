import { type Context, errors, type GrantHandler, Provider } from 'oidc-provider';
import type { Logger } from 'pino';
import { DeviceRequest, isBound } from './device-request.ts';
import { DEVICE_GRANT, issuerOf } from './identity.ts';
import { createPollPace } from './poll-pace.ts';
import { type ConfigurationOptions, providerConfiguration } from './provider-configuration.ts';

export interface ProviderOptions extends ConfigurationOptions {
  readonly logger: Logger;
  /** How long a client waits between two polls, in seconds; RFC 8628's default is 5. */
  readonly pollIntervalSeconds: number;
}

/**
 * The authorization server: the device grant (RFC 8628) with slow_down and an optional PKCE-like binding, rotating
 * refresh tokens, and access tokens as JWTs (RFC 9068) for the API.
 */
export function createProvider(options: ProviderOptions): Provider {
  const { publicUrl, logger, pollIntervalSeconds } = options;
  const pace = createPollPace(options.redis, pollIntervalSeconds);

  /** Puts our two checks before the library's own handling of a poll. */
  class DeviceGrantProvider extends Provider {
    override registerGrantType(
      name: string,
      handler: GrantHandler,
      params?: Iterable<string>,
      dupes?: Iterable<string>,
    ) {
      if (name !== DEVICE_GRANT) return super.registerGrantType(name, handler, params, dupes);
      const guarded: GrantHandler = async (context, next) => {
        await this.#checkPoll(context);
        await handler(context, next);
      };
      super.registerGrantType(name, guarded, new Set([...(params ?? []), 'code_verifier']), dupes);
    }

    /** What is unknown, expired or decided is left to the library. */
    async #checkPoll({ oidc }: Context): Promise<void> {
      const { device_code: deviceCode, code_verifier: verifier } = oidc.params ?? {};
      const code = deviceCode ? await this.DeviceCode.find(deviceCode, { ignoreExpiration: true }) : undefined;
      if (!deviceCode || !code) return;
      if (!isBound(DeviceRequest.parse(code.deviceInfo), verifier))
        throw new errors.InvalidGrant('wrong code_verifier');
      const pending = !code.isExpired && !code.accountId && !code.error;
      if (pending && !(await pace.isInTime(deviceCode))) throw new errors.SlowDown();
    }
  }

  const provider = new DeviceGrantProvider(issuerOf(publicUrl), providerConfiguration(options));
  provider.use(async (context, next) => {
    // Addresses in answers are ours, whatever Host the request named.
    Object.defineProperty(context.request, 'href', { value: publicUrl });
    await next();
    describeOurselves(context, publicUrl, pollIntervalSeconds);
  });
  // Without a listener, Koa prints what went wrong with a connection.
  provider.on('error', (error) => logger.info({ err: error }, 'authorization server, connection'));
  provider.on('server_error', (_context, error) => logger.error({ err: error }, 'authorization server'));
  return provider;
}

/** Says in the library's answers what it does not know: our own confirm page, the interval, and what we do not offer. */
function describeOurselves(context: Context, publicUrl: string, interval: number): void {
  const { body } = context;
  if (context.status !== 200 || typeof body !== 'object' || body === null) return;
  if ('user_code' in body) {
    const verification = `${publicUrl}/activate`;
    Object.assign(body, {
      verification_uri: verification,
      verification_uri_complete: `${verification}?user_code=${String(body.user_code)}`,
      interval,
    });
  } else if ('authorization_endpoint' in body) {
    delete body.authorization_endpoint;
  }
}
