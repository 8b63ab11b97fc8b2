import { z } from 'zod';
import { DEFAULT_TARIFF } from '../shared/catalogue/tariff.ts';
import type { S3Settings } from './assets/s3-client.ts';
import type { ProviderSettings } from './providers/registry.ts';
import { splitUrls } from './redis/client.ts';
import { parseSentinelUrl } from './redis/sentinel-url.ts';
import { readSecretFiles } from './secret-files.ts';

const Secret = z.string().trim().min(1);
const Secrets = z
  .string()
  .transform((list) => list.split(',').map((secret) => secret.trim()))
  .refine((secrets) => secrets.every((secret) => secret !== ''), 'must be one secret, or several with commas between');
const BaseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
  .transform((url) => url.replace(/\/+$/, ''));
const Port = z.coerce.number().int().min(0).max(65_535);

const PerMinute = z.coerce.number().int().min(1).max(10_000_000);

const Usd = z.coerce.number().positive().max(1_000_000);

/** What providers may cost, in US dollars. */
const SPENDING = {
  production: { perMinute: 25, perDay: 1_000 },
  development: { perMinute: 1_000_000, perDay: 1_000_000 },
};

/** Requests per minute. In development, tests and one person's browser share one address. */
const LIMITS = {
  production: { address: 600, account: 1_200, pool: 300 },
  development: { address: 100_000, account: 100_000, pool: 100_000 },
};

/** The variables of hosted providers: the key that turns each on, and what puts another address in its place. */
const HOSTED = {
  bfl: ['BFL_API_KEY', 'BFL_BASE_URL'],
  fal: ['FAL_KEY', 'FAL_BASE_URL'],
  ideogram: ['IDEOGRAM_API_KEY', 'IDEOGRAM_BASE_URL'],
  google: ['GEMINI_API_KEY', 'GEMINI_BASE_URL'],
  openai: ['OPENAI_API_KEY', 'OPENAI_BASE_URL'],
  recraft: ['RECRAFT_API_TOKEN', 'RECRAFT_BASE_URL'],
  stability: ['STABILITY_API_KEY', 'STABILITY_BASE_URL'],
  byteplus: ['ARK_API_KEY', 'ARK_BASE_URL'],
  replicate: ['REPLICATE_API_TOKEN', 'REPLICATE_BASE_URL'],
  runway: ['RUNWAYML_API_SECRET', 'RUNWAYML_BASE_URL'],
  luma: ['LUMA_API_KEY', 'LUMA_BASE_URL'],
} as const satisfies Record<keyof ProviderSettings['hosted'], readonly [key: string, baseUrl: string]>;

/** The environment, as documented in the README's configuration table. Empty values count as unset. */
const Environment = z.object({
  INKPOT_ENV: z.enum(['development', 'production']).optional(),
  NODE_ENV: z.string().optional(),
  PORT: Port.default(8787),
  HOST: z.string().optional(),
  INKPOT_PUBLIC_URL: BaseUrl.optional(),
  INKPOT_RETENTION_DAYS: z.coerce.number().int().min(7).max(36_500).optional(),
  INKPOT_S3_BUCKET: z.string().optional(),
  INKPOT_S3_REGION: z.string().default('us-east-1'),
  INKPOT_S3_ENDPOINT: BaseUrl.optional(),
  INKPOT_S3_ACCESS_KEY_ID: Secret.optional(),
  INKPOT_S3_SECRET_ACCESS_KEY: Secret.optional(),
  INKPOT_DATA_DIR: z.string().default('.inkpot'),
  INKPOT_PLAYGROUND_DIR: z.string().optional(),
  INKPOT_DURABILITY: z.enum(['always', 'everysec']).default('always'),
  INKPOT_TRUST_PROXY: z.coerce.number().int().min(0).max(5).default(0),
  INKPOT_MAX_CONNECTIONS: z.coerce.number().int().min(1).max(1_000_000).default(4_096),
  INKPOT_METRICS_TOKEN: z.string().trim().min(16, 'must have at least 16 characters').optional(),
  INKPOT_LIMIT_ADDRESS: PerMinute.optional(),
  INKPOT_LIMIT_ACCOUNT: PerMinute.optional(),
  INKPOT_LIMIT_POOL: PerMinute.optional(),
  INKPOT_SPEND_PER_MINUTE_USD: Usd.optional(),
  INKPOT_SPEND_PER_DAY_USD: Usd.optional(),
  INKPOT_MARGIN: z.coerce
    .number()
    .min(1)
    .max(10)
    .multipleOf(0.001, 'must have at most three decimals')
    .default(DEFAULT_TARIFF.margin),
  INKPOT_STEP_MILLICREDITS: z.coerce.number().int().min(1).max(1_000).default(DEFAULT_TARIFF.stepMillicredits),
  INKPOT_WEBHOOKS: z.enum(['on', 'off']).optional(),
  INKPOT_CATALOGUE: z.string().optional(),
  INKPOT_SKETCH: z.enum(['on', 'off']).optional(),
  REDIS_URL: z
    .string()
    .refine(
      (list) => parseSentinelUrl(list) !== null || splitUrls(list).every(isRedisUrl),
      'must be a redis:// or rediss:// URL, several with commas, or redis+sentinel://host:port,host:port/master',
    ),
  REDIS_CACHE_URL: z.string().refine(isRedisUrl, 'must be a redis:// or rediss:// URL').optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// URL' }).optional(),
  INKPOT_OPERATOR_EMAIL: z.email().optional(),
  MAIL_FROM: z.string().default('Inkpot <no-reply@localhost>'),
  STRIPE_SECRET_KEY: Secret.optional(),
  STRIPE_WEBHOOK_SECRET: Secrets.optional(),
  STRIPE_BASE_URL: BaseUrl.optional(),
  STRIPE_AUTOMATIC_TAX: z.enum(['on', 'off']).default('off'),
  BFL_API_KEY: Secret.optional(),
  BFL_BASE_URL: BaseUrl.optional(),
  REPLICATE_API_TOKEN: Secret.optional(),
  REPLICATE_BASE_URL: BaseUrl.optional(),
  RUNWAYML_API_SECRET: Secret.optional(),
  RUNWAYML_BASE_URL: BaseUrl.optional(),
  LUMA_API_KEY: Secret.optional(),
  LUMA_BASE_URL: BaseUrl.optional(),
  FAL_KEY: Secret.optional(),
  FAL_BASE_URL: BaseUrl.optional(),
  STABILITY_API_KEY: Secret.optional(),
  STABILITY_BASE_URL: BaseUrl.optional(),
  RECRAFT_API_TOKEN: Secret.optional(),
  RECRAFT_BASE_URL: BaseUrl.optional(),
  OPENAI_COMPATIBLE_BASE_URL: BaseUrl.optional(),
  OPENAI_COMPATIBLE_API_KEY: Secret.optional(),
  A1111_BASE_URL: BaseUrl.optional(),
  A1111_AUTH: Secret.regex(/^[^:]+:./, 'must be user:password').optional(),
  COMFYUI_BASE_URL: BaseUrl.optional(),
  COMFYUI_WORKFLOW: z.string().optional(),
  IDEOGRAM_API_KEY: Secret.optional(),
  IDEOGRAM_BASE_URL: BaseUrl.optional(),
  ARK_API_KEY: Secret.optional(),
  ARK_BASE_URL: BaseUrl.optional(),
  GEMINI_API_KEY: Secret.optional(),
  GEMINI_BASE_URL: BaseUrl.optional(),
  OPENAI_API_KEY: Secret.optional(),
  OPENAI_BASE_URL: BaseUrl.optional(),
});

export type Config = ReturnType<typeof readConfig>;

/**
 * Parses the environment once; inside the broker nobody reads `process.env`.
 * @throws Error that names every fault in one message, never a value (it may be a secret).
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>) {
  const { environment: given, faults: unread } = resolveSecretFiles(environment);
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.safeParse(set);
  const faults = [...unread, ...(parsed.success ? crossFaults(parsed.data) : parsed.error.issues.map(describe))];
  if (!parsed.success || faults.length > 0) {
    throw new Error(`The configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
  const env = parsed.data;
  const mode = modeOf(env);
  return {
    mode,
    port: env.PORT,
    host: env.HOST ?? (mode === 'production' ? '0.0.0.0' : '127.0.0.1'),
    /** Without it, the broker is where it listens: known once it does. */
    publicUrl: env.INKPOT_PUBLIC_URL,
    /** Whether providers are asked to tell when a job has moved on; they can only where they reach this broker. */
    webhooks: env.INKPOT_WEBHOOKS
      ? env.INKPOT_WEBHOOKS === 'on'
      : env.INKPOT_PUBLIC_URL?.startsWith('https://') === true,
    dataDir: env.INKPOT_DATA_DIR,
    /** Where pictures are kept instead of the data directory. */
    s3: s3In(env),
    /** How long results are kept, in days; null for as long as nobody deletes them. */
    retentionDays: env.INKPOT_RETENTION_DAYS ?? null,
    playgroundDir: mode === 'development' ? env.INKPOT_PLAYGROUND_DIR : undefined,
    durability: env.INKPOT_DURABILITY,
    trustProxy: env.INKPOT_TRUST_PROXY,
    maxConnections: env.INKPOT_MAX_CONNECTIONS,
    /** Without one, production shows its metrics to nobody. */
    metricsToken: env.INKPOT_METRICS_TOKEN,
    limits: {
      address: env.INKPOT_LIMIT_ADDRESS ?? LIMITS[mode].address,
      account: env.INKPOT_LIMIT_ACCOUNT ?? LIMITS[mode].account,
      pool: env.INKPOT_LIMIT_POOL ?? LIMITS[mode].pool,
    },
    spending: {
      perMinute: env.INKPOT_SPEND_PER_MINUTE_USD ?? SPENDING[mode].perMinute,
      perDay: env.INKPOT_SPEND_PER_DAY_USD ?? SPENDING[mode].perDay,
    },
    tariff: { margin: env.INKPOT_MARGIN, stepMillicredits: env.INKPOT_STEP_MILLICREDITS },
    /** The operator's catalogue file; it is read when the broker starts. */
    catalogue: env.INKPOT_CATALOGUE ?? null,
    sketch: env.INKPOT_SKETCH ? env.INKPOT_SKETCH === 'on' : mode === 'development',
    redisUrl: env.REDIS_URL,
    /** For what may be lost: queues, limits and announcements. */
    redisCacheUrl: env.REDIS_CACHE_URL ?? env.REDIS_URL,
    logLevel: env.LOG_LEVEL,
    smtp: env.SMTP_URL ? { url: env.SMTP_URL, from: env.MAIL_FROM } : null,
    operatorEmail: env.INKPOT_OPERATOR_EMAIL,
    stripe:
      env.STRIPE_SECRET_KEY && env.STRIPE_WEBHOOK_SECRET
        ? {
            secretKey: env.STRIPE_SECRET_KEY,
            webhookSecrets: env.STRIPE_WEBHOOK_SECRET,
            baseUrl: env.STRIPE_BASE_URL,
            automaticTax: env.STRIPE_AUTOMATIC_TAX === 'on',
          }
        : null,
    hosted: hostedIn(env),
    selfHosted: selfHostedIn(env),
  } as const;
}

function s3In(env: Parsed): S3Settings | null {
  const { INKPOT_S3_BUCKET: bucket, INKPOT_S3_REGION: region, INKPOT_S3_ENDPOINT: endpoint } = env;
  const { INKPOT_S3_ACCESS_KEY_ID: accessKeyId, INKPOT_S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!bucket) return null;
  const credentials = accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
  return { bucket, region, endpoint, credentials };
}

/** The access to every hosted provider that has a key. */
function hostedIn(env: Parsed): ProviderSettings['hosted'] {
  const given = Object.entries(HOSTED).flatMap(([name, [keyName, baseUrlName]]) => {
    const key = env[keyName];
    return key ? [[name, { key, baseUrl: env[baseUrlName] }]] : [];
  });
  return Object.fromEntries(given);
}

/** Where the operator's own servers are. */
function selfHostedIn(env: Parsed): NonNullable<ProviderSettings['selfHosted']> {
  const { OPENAI_COMPATIBLE_BASE_URL: compatible, A1111_BASE_URL: a1111, COMFYUI_BASE_URL: comfyui } = env;
  return {
    ...(compatible && { 'openai-compatible': { baseUrl: compatible, key: env.OPENAI_COMPATIBLE_API_KEY } }),
    ...(comfyui && { comfyui: { baseUrl: comfyui, workflow: env.COMFYUI_WORKFLOW } }),
    ...(a1111 && { a1111: { baseUrl: a1111, auth: env.A1111_AUTH } }),
  };
}

/** The environment with every variable that is given as a file, `FAL_KEY_FILE` for `FAL_KEY`. */
export function resolveSecretFiles(environment: Readonly<Record<string, string | undefined>>) {
  return readSecretFiles(environment, Object.keys(Environment.shape));
}

function isRedisUrl(url: string): boolean {
  return z.url({ protocol: /^rediss?$/ }).safeParse(url).success;
}

type Parsed = z.infer<typeof Environment>;

function modeOf(env: Parsed): 'development' | 'production' {
  return env.INKPOT_ENV ?? (env.NODE_ENV === 'production' ? 'production' : 'development');
}

/** Faults that only two settings together show. */
function crossFaults(env: Parsed): string[] {
  const production = modeOf(env) === 'production';
  return [
    (parseSentinelUrl(env.REDIS_URL) || splitUrls(env.REDIS_URL).length > 1) && !env.REDIS_CACHE_URL
      ? 'REDIS_CACHE_URL is missing: REDIS_URL is a cluster or names sentinels, and the queues need a single server'
      : null,
    (env.INKPOT_S3_ACCESS_KEY_ID === undefined) !== (env.INKPOT_S3_SECRET_ACCESS_KEY === undefined)
      ? 'INKPOT_S3_ACCESS_KEY_ID and INKPOT_S3_SECRET_ACCESS_KEY belong together: set both, or neither for the machine’s own'
      : null,
    env.STRIPE_SECRET_KEY && !env.STRIPE_WEBHOOK_SECRET
      ? 'STRIPE_WEBHOOK_SECRET is missing: STRIPE_SECRET_KEY is set, and no payment is credited without its webhook'
      : null,
    production && !env.INKPOT_PUBLIC_URL
      ? 'INKPOT_PUBLIC_URL is missing: set it to the https:// address that people and Figma reach this broker by'
      : null,
    production && env.INKPOT_PUBLIC_URL && !env.INKPOT_PUBLIC_URL.startsWith('https://')
      ? 'INKPOT_PUBLIC_URL must start with https:// in production'
      : null,
  ].filter((fault) => fault !== null);
}

function describe(issue: z.core.$ZodIssue): string {
  const name = issue.path.join('.');
  if (issue.code === 'invalid_type' && issue.input === undefined) return `${name} is missing`;
  return `${name}: ${issue.message}`;
}
