import { expect, test } from 'vitest';
import { createLog } from './log.ts';

function logOf(secrets: readonly string[], write: (log: ReturnType<typeof createLog>) => void): string {
  let said = '';
  const destination = {
    write(line: string) {
      said += line;
    },
  };
  write(createLog({ level: 'trace', secrets, destination }));
  return said;
}

test.each([
  ['as it is', (secret: string) => secret],
  ['in an address', (secret: string) => `https://x:${encodeURIComponent(secret)}@example.com`],
  ['in Basic authentication', (secret: string) => Buffer.from(`${secret}:`).toString('base64')],
  ['in JSON in JSON', (secret: string) => JSON.stringify({ secret })],
])('a secret of the configuration is kept out of every line, %s', (_where, spell) => {
  const secret = 'p/w"d+9\\geheim';
  const said = logOf([secret], (log) => {
    log.info({ at: spell(secret) }, spell(secret));
    log.error({ err: Object.assign(new Error(spell(secret)), { headers: { auth: spell(secret) } }) }, 'it failed');
  });
  expect(said).not.toMatch(/geheim|Z2VoZWlt|dlaGVpb|nZWhlaW/);
  expect(said).toContain('it failed');
  for (const line of said.trim().split('\n')) JSON.parse(line);
});

test('what looks like a token or a key is kept out, also when nobody has named it', () => {
  const token = `eyJhbGciOi.eyJzdWIi.${'s'.repeat(40)}`;
  const said = logOf([], (log) => {
    log.info({ token, header: `Bearer ${'t'.repeat(30)}` }, `sk_test_${'k'.repeat(24)} whsec_${'w'.repeat(24)}`);
  });
  expect(said).not.toMatch(/s{40}|t{30}|k{24}|w{24}/);
});

test('case 22: what a provider has said is told to the operator', () => {
  const said = logOf([], (log) =>
    log.warn({ err: new Error('provider fault', { cause: '422 flagged by a checker' }) }),
  );
  expect(JSON.parse(said).err).toMatchObject({ message: 'provider fault', cause: '422 flagged by a checker' });
});

test('words stay', () => {
  const said = logOf(['', 'key'], (log) => log.info('the key of the house is under the mat: Key, bearer, basic'));
  expect(said).toContain('the key of the house is under the mat: Key, bearer, basic');
});
