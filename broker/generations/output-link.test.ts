import { expect, test } from 'vitest';
import { LINK_LIFETIME, readLink, signLink } from './output-link.ts';

const key = new Uint8Array(32).fill(7);
const target = { generationId: 'pool-generation', index: 2 };
const now = Date.UTC(2026, 10, 25);
const gone = expect.objectContaining({ code: 'not_found' });

test('a link leads to its file until it is over', async () => {
  const { token, expiresAt } = await signLink(key, target, now);
  expect(expiresAt.getTime()).toBe(now + LINK_LIFETIME * 1000);
  expect(await readLink(key, token, now + LINK_LIFETIME * 1000 - 1)).toEqual(target);
  await expect(readLink(key, token, now + LINK_LIFETIME * 1000)).rejects.toEqual(gone);
});

test('a link of another broker, and what is no link, lead nowhere', async () => {
  const { token } = await signLink(new Uint8Array(32).fill(8), target, now);
  for (const wrong of [token, 'nothing', '']) await expect(readLink(key, wrong, now)).rejects.toEqual(gone);
});
