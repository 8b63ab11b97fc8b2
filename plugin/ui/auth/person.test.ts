import { expect, test } from 'vitest';
import { readPerson } from './person.ts';

const token = (claims: unknown) => `head.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;

test('a name is read in any script', () => {
  expect(readPerson(token({ sub: 'acc_1', name: 'Žofie Łukasz 李' }))).toEqual({
    id: 'acc_1',
    name: 'Žofie Łukasz 李',
  });
});

test('what is no token is nobody', () => {
  for (const text of ['', 'a.b.c', 'opaque', token({ name: 'no subject' })]) expect(readPerson(text), text).toBeNull();
});
