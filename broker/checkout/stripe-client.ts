import Stripe from 'stripe';

export interface StripeOptions {
  readonly secretKey: string;
  /** Another address of Stripe's API, for instance a proxy or a test's server. */
  readonly baseUrl?: string | undefined;
  /** How long one request may take, in ms. */
  readonly timeoutMs?: number | undefined;
}

/** With the retries a person waits at most half a minute for the next page. */
const REQUEST_MS = 10_000;

/** Stripe's own client, pinned to the API version that this code was written against. */
export function createStripeClient({ secretKey, baseUrl, timeoutMs = REQUEST_MS }: StripeOptions): Stripe {
  return new Stripe(secretKey, {
    apiVersion: '2026-10-28.endive',
    maxNetworkRetries: 2,
    timeout: timeoutMs,
    telemetry: false,
    ...(baseUrl && addressOf(baseUrl)),
  });
}

function addressOf(baseUrl: string): Pick<Stripe.StripeConfig, 'protocol' | 'host' | 'port'> {
  const { protocol, hostname, port } = new URL(baseUrl);
  const scheme = protocol === 'http:' ? 'http' : 'https';
  return { protocol: scheme, host: hostname, port: port || (scheme === 'http' ? 80 : 443) };
}
