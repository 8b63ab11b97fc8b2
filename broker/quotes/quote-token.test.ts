import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { createQuoteReader, QUOTE_LIFETIME, signQuote } from './quote-token.ts';

const key = new Uint8Array(32).fill(7);
const readQuote = createQuoteReader(key);
const now = Date.UTC(2026, 10, 22, 12);
const settings = { prompt: 'a fox', size: { kind: 'pixels', width: 512, height: 512 }, count: 1 } as const;
const terms = { accountId: 'acc', poolId: 'pool', modelId: 'sketch', settings, ceiling: millicredits(1_800) };
const asked = { accountId: 'acc', settings };

test('a quote is read back as it was signed', async () => {
  const { token, expiresAt } = await signQuote(key, terms, now);
  expect(await readQuote(token, asked, now)).toEqual({
    poolId: 'pool',
    modelId: 'sketch',
    ceiling: 1_800,
    expired: false,
  });
  expect(expiresAt.getTime()).toBe(now + QUOTE_LIFETIME * 1_000);
});

test('a quote is good for ten minutes and not a second longer', async () => {
  const { token } = await signQuote(key, terms, now);
  const end = now + QUOTE_LIFETIME * 1_000;
  expect((await readQuote(token, asked, end - 1)).expired).toBe(false);
  expect((await readQuote(token, asked, end)).expired).toBe(true);
});

test('the order of the fields does not matter, any other difference does', async () => {
  const { token } = await signQuote(key, terms, now);
  const reordered = { count: 1, size: { height: 512, width: 512, kind: 'pixels' }, prompt: 'a fox' } as const;
  await expect(readQuote(token, { ...asked, settings: reordered }, now)).resolves.toBeDefined();
  for (const changed of [
    { ...settings, prompt: 'a wolf' },
    { ...settings, count: 2 },
    { ...settings, seed: 1 },
    { ...settings, size: { kind: 'pixels', width: 513, height: 512 } as const },
  ]) {
    await expect(readQuote(token, { ...asked, settings: changed }, now)).rejects.toMatchObject({
      code: 'quote_mismatch',
    });
  }
});

test('nobody else can use a quote, and nobody else can make one', async () => {
  const { token } = await signQuote(key, terms, now);
  await expect(readQuote(token, { ...asked, accountId: 'other' }, now)).rejects.toMatchObject({
    code: 'quote_mismatch',
  });
  const forged = await signQuote(new Uint8Array(32).fill(8), { ...terms, ceiling: millicredits(1) }, now);
  await expect(readQuote(forged.token, asked, now)).rejects.toMatchObject({ code: 'quote_mismatch' });
});

test('a token of the right key but of another kind is not a quote', async () => {
  const other = await new SignJWT({ pool: 'pool', model: 'sketch', settings: 'x', ceiling: 1 })
    .setProtectedHeader({ alg: 'HS256', typ: 'asset+jwt' })
    .setSubject('acc')
    .setAudience('inkpot:quote')
    .setExpirationTime('10m')
    .sign(key);
  await expect(readQuote(other, asked, now)).rejects.toMatchObject({ code: 'quote_mismatch' });
});
