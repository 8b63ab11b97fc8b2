import { type DestinationStream, type Logger, pino } from 'pino';

export interface LogOptions {
  readonly level: string;
  /** Values that no line may hold, whoever wrote them into an error. */
  readonly secrets: readonly string[];
  /** Standard output unless said otherwise. */
  readonly destination?: DestinationStream;
}

/** Shorter ones would take words out of every line; no secret is that short. */
const SHORTEST_SECRET = 6;

/** What looks like a secret: signed tokens, keys of Stripe, and credentials of an `Authorization` header. */
const LOOKS_SECRET = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|\b(?:sk|rk|whsec)_\w{8,}|\b(?:Bearer|Basic|Key) [\w.~+/:=-]{8,}/g;

const INSTEAD = '[secret]';

/**
 * The broker's log: one JSON object per line. Whoever logs leaves secrets out; this is the net below, for what other
 * people's libraries put into their errors.
 */
export function createLog({ level, secrets, destination }: LogOptions): Logger {
  const known = secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(spellingsOf);
  const options = {
    level,
    serializers: { err: describeError },
    hooks: {
      streamWrite: (line: string) =>
        known.reduce((text, secret) => text.replaceAll(secret, INSTEAD), line).replace(LOOKS_SECRET, INSTEAD),
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** The library tells causes that are errors. A provider's own words are a text, and worth most to the operator. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const told = pino.stdSerializers.err(error);
  return typeof error.cause === 'string' ? { ...told, cause: error.cause } : told;
}

/** As it is, in JSON, in JSON within JSON, in an address, and in Basic authentication. */
function spellingsOf(secret: string): string[] {
  const basic = Buffer.from(`${secret}:`).toString('base64').replace(/=+$/, '').slice(0, -1);
  const quoted = quote(secret);
  return [...new Set([quote(quoted), quoted, secret, encodeURIComponent(secret), basic])];
}

function quote(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
