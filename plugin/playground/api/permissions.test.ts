import { expect, test } from 'vitest';
import { createTestHost, MANIFEST } from '../fixtures/test-host.ts';

test('currentUser and payments throw without their permission', async () => {
  const printed = await createTestHost().run(`
    for (const use of [() => figma.currentUser, () => figma.payments]) {
      try { use(); console.log('worked') } catch (error) { console.log(error.message) }
    }
  `);
  expect(printed).toEqual([
    expect.stringContaining('"currentuser" permission is required'),
    expect.stringContaining('"payments" permission is required'),
  ]);
});

test('with the permission, the user is always the same person', async () => {
  const manifest = { ...MANIFEST, permissions: ['currentuser'] };
  const source = 'console.log(figma.currentUser.id)';
  const [first] = await createTestHost().run(source, { manifest });
  const [second] = await createTestHost().run(source, { manifest });
  expect(first).toEqual(second);
  expect(first).toMatch(/^\d+$/);
});

test('a public plugin has no file key', async () => {
  expect(await createTestHost().run('console.log(figma.fileKey)')).toEqual([undefined]);
});
