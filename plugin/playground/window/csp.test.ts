import { expect, test } from 'vitest';
import { contentSecurityPolicy } from './csp.ts';

const ACCESS = { allowedDomains: ['https://ours.example'], devAllowedDomains: ['http://localhost:8787'] };

test('one default-src holds the listed domains; development adds its own', () => {
  expect(contentSecurityPolicy(ACCESS, 'published')).toMatch(/^default-src data: blob: https:\/\/ours\.example;/);
  expect(contentSecurityPolicy(ACCESS, 'development')).toMatch(
    /^default-src data: blob: https:\/\/ours\.example http:\/\/localhost:8787;/,
  );
});

test('"none" leaves data and blobs, "*" and no networkAccess restrict nothing', () => {
  expect(contentSecurityPolicy({ allowedDomains: ['none'] }, 'published')).toMatch(/^default-src data: blob:;/);
  expect(contentSecurityPolicy({ allowedDomains: ['*'], reasoning: 'any' }, 'published')).toBeNull();
  expect(contentSecurityPolicy(undefined, 'published')).toBeNull();
});
