import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtInModels } from '../../shared/catalogue/catalogue.ts';
import { type FakeGoogle, startFakeGoogle } from '../providers/google/fake-server.ts';
import type { AccountCheck } from '../providers/provider.ts';
import { type FakeRecraft, startFakeRecraft } from '../providers/recraft/fake-server.ts';
import { createProviders } from '../providers/registry.ts';
import { createProgram, type ProgramOptions } from './program.ts';

const KEY = 'sk-planted-secret';
const IDS = ['nano-banana-pro', 'veo-3-1-fast', 'veo-3-1-lite', 'recraft-v3', 'recraft-vectorize'];
const models = builtInModels().filter(({ id }) => IDS.includes(id));

let google: FakeGoogle;
let recraft: FakeRecraft;
beforeAll(async () => {
  [google, recraft] = await Promise.all([startFakeGoogle(KEY), startFakeRecraft(KEY)]);
});
afterAll(() => Promise.all([google.close(), recraft.close()]));

/** Google, which misses some paths; Recraft, which cannot be asked about them. */
function configured(googleKey = KEY) {
  return createProviders({
    sketch: false,
    hosted: {
      google: { key: googleKey, baseUrl: google.url },
      recraft: { key: KEY, baseUrl: recraft.url },
    },
  });
}

async function run(providers: ProgramOptions['providers'], ...args: string[]) {
  let printed = '';
  let ok = true;
  const program = createProgram({
    providers,
    models,
    secrets: [KEY],
    write: (text) => {
      printed += text;
    },
    fail: () => {
      ok = false;
    },
  });
  await program.exitOverride().parseAsync(args, { from: 'user' });
  return { printed: printed.trimEnd(), ok };
}

test('every configured provider is asked, and what it no longer knows is named with the models that need it', async () => {
  expect(await run(configured(), 'check')).toEqual({
    ok: false,
    printed: [
      'google: accepted, 3 paths of the catalogue, 2 unknown',
      '  no longer there: veo-3.1-fast-generate-preview (veo-3-1-fast)',
      '  no longer there: veo-3.1-lite-generate-preview (veo-3-1-lite)',
      'recraft: accepted, 940 API units left, 2 paths of the catalogue, about which it cannot be asked',
    ].join('\n'),
  });
});

test('one can be asked alone, and all is well where nothing is wrong', async () => {
  const { printed, ok } = await run(configured(), 'check', 'recraft', '--json');
  expect(ok).toBe(true);
  expect(JSON.parse(printed)).toEqual({
    provider: 'recraft',
    access: 'accepted',
    balance: '940 API units',
    paths: 2,
    unknown: null,
    ok: true,
  });
});

test('a key that is refused is wrong, and says so in the provider’s words', async () => {
  const { printed, ok } = await run(configured('other'), 'check', 'google');
  expect(ok).toBe(false);
  expect(printed).toMatch(/^google: refused, 400 INVALID_ARGUMENT .*API key not valid/);
});

test('a provider that repeats the key does not get it printed', async () => {
  const check = async (): Promise<AccountCheck> => ({
    access: 'refused',
    balance: null,
    unknownPaths: null,
    cause: `Incorrect API key provided: ${KEY}.`,
  });
  const providers = new Map([['openai', { name: 'openai', serves: () => null, check } as const]]);
  for (const args of [['check'], ['check', '--json']]) {
    const { printed } = await run(providers, ...args);
    expect(printed).toContain('Incorrect API key provided: [key].');
    expect(printed).not.toContain(KEY);
  }
});

test('a provider without a key, and a broker without any, are told apart from one that is well', async () => {
  await expect(run(configured(), 'check', 'fal')).rejects.toThrow('fal is not configured: set its key');
  await expect(run(new Map(), 'check')).rejects.toThrow('No provider is configured');
});

test('the program reads the broker’s configuration, needs no Redis, and tells by its exit', async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const environment = { RECRAFT_API_TOKEN: KEY, RECRAFT_BASE_URL: recraft.url, PATH: process.env.PATH };
  const command = async (env: NodeJS.ProcessEnv) => {
    const child = spawn(process.execPath, [main, 'check'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const exit = new Promise<number | null>((exited) => child.on('close', exited));
    return [await text(child.stdout), await text(child.stderr), await exit];
  };
  const [well, refused] = await Promise.all([
    command(environment),
    command({ ...environment, RECRAFT_API_TOKEN: 'other' }),
  ]);
  expect(well).toEqual([expect.stringMatching(/^recraft: accepted, 940 API units left/), '', 0]);
  expect(refused).toEqual([expect.stringMatching(/^recraft: refused, 401 unauthorized/), '', 1]);
});
