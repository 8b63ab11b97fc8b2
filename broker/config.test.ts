import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readConfig, resolveSecretFiles } from './config.ts';
import { secretsIn } from './secret-files.ts';

const REDIS_URL = 'redis://127.0.0.1:6379';

test('an environment with only Redis is a development broker with the house tariff', () => {
  const config = readConfig({ REDIS_URL });
  expect(config).toMatchObject({
    mode: 'development',
    port: 8787,
    host: '127.0.0.1',
    sketch: true,
    tariff: { margin: 1.25, stepMillicredits: 100 },
    stripe: null,
    hosted: {},
    smtp: null,
  });
});

test('every fault is named in one message', () => {
  expect(() => readConfig({ PORT: '99999', SMTP_URL: 'http://mail', INKPOT_MARGIN: '0.5' })).toThrow(
    /PORT[\s\S]*INKPOT_MARGIN[\s\S]*REDIS_URL is missing[\s\S]*SMTP_URL: must be an smtp/,
  );
});

test('a fault never repeats a value, since it may be a secret', () => {
  const secret = 'redis-password-in-the-wrong-place';
  expect(() => readConfig({ REDIS_URL: `mysql://${secret}` })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining(secret) }),
  );
});

test('an empty variable counts as unset', () => {
  expect(readConfig({ REDIS_URL, FAL_KEY: '', PORT: '' })).toMatchObject({ hosted: {}, port: 8787 });
});

test('a Stripe key without a webhook secret is refused, because its payments would never be credited', () => {
  expect(() => readConfig({ REDIS_URL, STRIPE_SECRET_KEY: 'sk_test_1' })).toThrow(/STRIPE_WEBHOOK_SECRET is missing/);
});

test('two webhook secrets are accepted while one replaces the other', () => {
  const config = readConfig({ REDIS_URL, STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_a, whsec_b' });
  expect(config.stripe?.webhookSecrets).toEqual(['whsec_a', 'whsec_b']);
});

test('a gap in the webhook secrets is a fault', () => {
  for (const STRIPE_WEBHOOK_SECRET of ['whsec_a,', ',', ' ']) {
    expect(() => readConfig({ REDIS_URL, STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET })).toThrow(
      /STRIPE_WEBHOOK_SECRET: must be/,
    );
  }
});

test('production needs its public https address and offers no built-in sketch unless told to', () => {
  expect(() => readConfig({ REDIS_URL, NODE_ENV: 'production' })).toThrow(/INKPOT_PUBLIC_URL is missing/);
  expect(() => readConfig({ REDIS_URL, INKPOT_ENV: 'production', INKPOT_PUBLIC_URL: 'http://x.example' })).toThrow(
    /https/,
  );
  const config = readConfig({ REDIS_URL, NODE_ENV: 'production', INKPOT_PUBLIC_URL: 'https://x.example/' });
  expect(config).toMatchObject({ mode: 'production', host: '0.0.0.0', sketch: false, publicUrl: 'https://x.example' });
});

test('the playground is for development only', () => {
  const production = { NODE_ENV: 'production', INKPOT_PUBLIC_URL: 'https://x.example' };
  expect(readConfig({ REDIS_URL, ...production, INKPOT_PLAYGROUND_DIR: '/p' }).playgroundDir).toBeUndefined();
});

test('an address turns on a server of the operator’s own', () => {
  expect(readConfig({ REDIS_URL }).selfHosted).toEqual({});
  const servers = {
    OPENAI_COMPATIBLE_BASE_URL: 'http://10.0.0.7:8080/',
    OPENAI_COMPATIBLE_API_KEY: 'k',
    A1111_BASE_URL: 'http://10.0.0.7:7860',
    A1111_AUTH: 'me:secret',
    COMFYUI_BASE_URL: 'http://10.0.0.7:8188',
    COMFYUI_WORKFLOW: 'workflow.json',
  };
  expect(readConfig({ REDIS_URL, ...servers }).selfHosted).toEqual({
    'openai-compatible': { baseUrl: 'http://10.0.0.7:8080', key: 'k' },
    a1111: { baseUrl: 'http://10.0.0.7:7860', auth: 'me:secret' },
    comfyui: { baseUrl: 'http://10.0.0.7:8188', workflow: 'workflow.json' },
  });
  expect(secretsIn(servers)).toEqual(['k', 'me:secret', 'secret']);
  expect(() => readConfig({ REDIS_URL, A1111_AUTH: 'secret' })).toThrow(/A1111_AUTH: must be user:password/);
});

const directory = mkdtempSync(join(tmpdir(), 'inkpot-secrets-'));
afterAll(() => rmSync(directory, { recursive: true }));

function secretFile(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

test('every variable may be given as a file, whose last line break does not count', () => {
  const config = readConfig({
    REDIS_URL_FILE: secretFile('redis', 'redis://:from-a-file@127.0.0.1:6379\n'),
    STRIPE_SECRET_KEY_FILE: secretFile('stripe', 'sk_test_from_a_file\n'),
    STRIPE_WEBHOOK_SECRET_FILE: secretFile('webhook', 'whsec_one,whsec_two\n'),
    FAL_KEY_FILE: secretFile('fal', 'fal-from-a-file'),
    INKPOT_METRICS_TOKEN_FILE: secretFile('metrics', 'metrics-from-a-file'),
  });
  expect(config.redisUrl).toBe('redis://:from-a-file@127.0.0.1:6379');
  expect(config.stripe).toMatchObject({ secretKey: 'sk_test_from_a_file', webhookSecrets: ['whsec_one', 'whsec_two'] });
  expect(config.hosted.fal?.key).toBe('fal-from-a-file');
  expect(config.metricsToken).toBe('metrics-from-a-file');
});

test('a file that is not there, and a variable given twice, are named without a value', () => {
  const both = { FAL_KEY: 'planted-key', FAL_KEY_FILE: secretFile('fal-too', 'planted-key-too') };
  const start = () => readConfig({ REDIS_URL, SMTP_URL_FILE: join(directory, 'nowhere'), ...both });
  expect(start).toThrow(/SMTP_URL_FILE cannot be read \(ENOENT\)[\s\S]*FAL_KEY and FAL_KEY_FILE are both set/);
  expect(start).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/planted|nowhere/) }));
});

test('the log knows every secret that the configuration holds', () => {
  const { environment } = resolveSecretFiles({
    REDIS_URL: 'redis://user:redis%2Fpass@127.0.0.1:6379',
    STRIPE_WEBHOOK_SECRET: 'whsec_one, whsec_two',
    FAL_KEY_FILE: secretFile('fal-three', 'fal-key'),
    INKPOT_PUBLIC_URL: 'https://inkpot.example',
  });
  expect(secretsIn(environment).sort()).toEqual(['fal-key', 'redis%2Fpass', 'redis/pass', 'whsec_one', 'whsec_two']);
});

test('the token for the metrics must be long enough not to be guessed', () => {
  expect(() => readConfig({ REDIS_URL, INKPOT_METRICS_TOKEN: 'short' })).toThrow(
    'INKPOT_METRICS_TOKEN: must have at least 16 characters',
  );
});

test('a cluster is several addresses with commas, and needs a single server beside it for the queues', () => {
  const cluster = 'redis://:a,b@10.0.0.1:7000,redis://:a,b@10.0.0.2:7000';
  expect(() => readConfig({ REDIS_URL: cluster })).toThrow(/REDIS_CACHE_URL is missing/);
  const config = readConfig({ REDIS_URL: cluster, REDIS_CACHE_URL: REDIS_URL });
  expect([config.redisUrl, config.redisCacheUrl]).toEqual([cluster, REDIS_URL]);
  expect(readConfig({ REDIS_URL }).redisCacheUrl).toBe(REDIS_URL);
  expect(() => readConfig({ REDIS_URL: `${REDIS_URL},mysql://x` })).toThrow(/REDIS_URL: must be a redis/);
  expect(secretsIn({ REDIS_URL: cluster })).toContain('a,b');
  const sentinels = 'redis+sentinel://:secret@s1:26379,s2/inkpot';
  expect(() => readConfig({ REDIS_URL: sentinels })).toThrow(/REDIS_CACHE_URL is missing/);
  expect(readConfig({ REDIS_URL: sentinels, REDIS_CACHE_URL: REDIS_URL }).redisUrl).toBe(sentinels);
  expect(secretsIn({ REDIS_URL: sentinels })).toContain('secret');
});

test('a bucket takes the machine’s own access, or both halves of a key', () => {
  expect(readConfig({ REDIS_URL }).s3).toBeNull();
  const bucket = { REDIS_URL, INKPOT_S3_BUCKET: 'pictures' };
  expect(readConfig(bucket).s3).toEqual({ bucket: 'pictures', region: 'us-east-1' });
  const halves = { INKPOT_S3_ACCESS_KEY_ID: 'id', INKPOT_S3_SECRET_ACCESS_KEY: 'secret' };
  expect(readConfig({ ...bucket, ...halves }).s3?.credentials).toEqual({
    accessKeyId: 'id',
    secretAccessKey: 'secret',
  });
  expect(() => readConfig({ ...bucket, INKPOT_S3_ACCESS_KEY_ID: 'id' })).toThrow('belong together');
});

test('results are kept for a week at least', () => {
  expect(readConfig({ REDIS_URL }).retentionDays).toBeNull();
  expect(readConfig({ REDIS_URL, INKPOT_RETENTION_DAYS: '30' }).retentionDays).toBe(30);
  expect(() => readConfig({ REDIS_URL, INKPOT_RETENTION_DAYS: '6' })).toThrow('INKPOT_RETENTION_DAYS');
});
