import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import ipaddr from 'ipaddr.js';
import { Agent, type Dispatcher, request } from 'undici';
import { BadOutput } from './bad-output.ts';
import { isPublicAddress, publicLookup, type Resolve } from './public-address.ts';

/** What a download may cost. */
export interface FetchLimits {
  readonly maxBytes: number;
  /** For one attempt, from the first packet to the last byte, in ms. */
  readonly timeoutMs: number;
  /** How often a download that broke off is tried anew; reading a picture again is free. */
  readonly retries: number;
}

const DEFAULT_FETCH_LIMITS = {
  image: { maxBytes: 64 * 1024 * 1024, timeoutMs: 60_000, retries: 2 },
  // Figma takes no larger videos (`figma.createVideoAsync`).
  video: { maxBytes: 100 * 1024 * 1024, timeoutMs: 180_000, retries: 2 },
} as const satisfies Record<string, FetchLimits>;

export interface FetchOutputOptions {
  readonly limits?: Partial<FetchLimits>;
  /**
   * Hosts (with their port, when they have one) that the operator has put in a provider's place: a proxy, a recorded
   * server. They alone may be reached without TLS and at private addresses.
   */
  readonly operatorHosts?: ReadonlySet<string>;
  /** The name server, for tests. */
  readonly resolve?: Resolve;
}

/** How often a download that needs credentials may be sent on. */
const MAX_REDIRECTS = 3;

/**
 * Fetches a picture or a video from where its provider says it is.
 * @param credentials headers that let the broker in there. They go to the link's own host, and to none that it sends on
 *   to.
 * @param kind what is fetched, which decides how much it may be.
 */
export type FetchOutput = (
  url: string,
  allowsHost: (host: string) => boolean,
  signal: AbortSignal,
  credentials?: Readonly<Record<string, string>>,
  kind?: 'image' | 'video',
) => Promise<Uint8Array>;

/** A fault that the next attempt may not have. */
class Interrupted extends BadOutput {}

/**
 * Makes the only way in which the broker follows a link from outside. It goes over https to hosts that the provider is
 * known to use, at public addresses, and stops at the limits. Links are addresses of files, so it follows no redirect;
 * only where a provider asks for credentials, which opens a door rather than names a file, up to three, each to a host
 * that the provider is known to use.
 * @throws BadOutput (from the returned function) when the link is not to be followed or does not yield its bytes.
 */
export function createFetchOutput({
  limits,
  operatorHosts = new Set(),
  resolve,
}: FetchOutputOptions = {}): FetchOutput {
  const limitsOf = (kind: 'image' | 'video'): FetchLimits => ({ ...DEFAULT_FETCH_LIMITS[kind], ...limits });
  const connect = { timeout: 10_000 };
  const publicAgent = new Agent({ connect: { ...connect, lookup: publicLookup(resolve) } });
  const operatorAgent = new Agent({ connect });
  const untilWhole = retry(
    handleWhen((error) => error instanceof Interrupted),
    { maxAttempts: limitsOf('image').retries, backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 2_000 }) },
  );
  return async (link, allowsHost, signal, credentials, kind = 'image') => {
    const { maxBytes, timeoutMs } = limitsOf(kind);
    const first = checkLink(link, allowsHost, operatorHosts);
    const follow = async (): Promise<Uint8Array> => {
      let url = first;
      let headers = credentials ?? {};
      for (let left = credentials ? MAX_REDIRECTS : 0; ; left -= 1) {
        const dispatcher = operatorHosts.has(url.host) ? operatorAgent : publicAgent;
        const answer = await download(url, { dispatcher, headers, maxBytes, timeoutMs, signal });
        if (answer instanceof Uint8Array) return answer;
        if (left === 0) throw new BadOutput(`the link answered with ${answer.status}`);
        const next = checkLink(new URL(answer.location, url).href, allowsHost, operatorHosts);
        if (next.host !== url.host || next.protocol !== url.protocol) headers = {};
        url = next;
      }
    };
    return untilWhole.execute(follow, signal);
  };
}

function checkLink(link: string, allowsHost: (host: string) => boolean, operatorHosts: ReadonlySet<string>): URL {
  if (!URL.canParse(link)) throw new BadOutput('the link is not an address');
  const url = new URL(link);
  if (!allowsHost(url.host)) throw new BadOutput(`the link leads to ${url.host}, which the provider does not use`);
  if (url.username || url.password) throw new BadOutput('the link carries credentials');
  if (operatorHosts.has(url.host)) {
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new BadOutput(`the link is ${url.protocol}`);
    return url;
  }
  if (url.protocol !== 'https:') throw new BadOutput(`the link is ${url.protocol} and not https:`);
  // Sockets do not look up what is an address already, so the lookup's check would never see it.
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(hostname) && !isPublicAddress(hostname)) {
    throw new BadOutput(`the link leads to ${hostname}, which is not public`);
  }
  return url;
}

interface Redirect {
  readonly status: number;
  readonly location: string;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

async function download(
  url: URL,
  options: {
    dispatcher: Dispatcher;
    headers: Readonly<Record<string, string>>;
    maxBytes: number;
    timeoutMs: number;
    signal: AbortSignal;
  },
): Promise<Uint8Array | Redirect> {
  const { dispatcher, maxBytes, timeoutMs, signal } = options;
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      headers: { accept: 'image/*, video/*', ...options.headers },
    });
    const location = headers.location;
    if (REDIRECTS.has(statusCode) && typeof location === 'string' && URL.canParse(location, url)) {
      body.on('error', () => undefined).destroy();
      return { status: statusCode, location };
    }
    const length = Number(headers['content-length']);
    const fault = statusFault(statusCode) ?? (length > maxBytes ? new BadOutput(`${length} bytes are too many`) : null);
    if (fault) {
      body.on('error', () => undefined).destroy();
      throw fault;
    }
    return await readAll(body, maxBytes);
  } catch (error) {
    if (error instanceof BadOutput || signal.aborted) throw error;
    throw new Interrupted(`the download from ${url.host} broke off`, { cause: error });
  }
}

function statusFault(status: number): BadOutput | null {
  if (status === 200) return null;
  const message = `the link answered with ${status}`;
  return status >= 500 || status === 429 ? new Interrupted(message) : new BadOutput(message);
}

async function readAll(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new BadOutput(`more than ${maxBytes} bytes are too many`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}
