import { expect, test } from 'vitest';
import { createTestHost } from '../fixtures/test-host.ts';

test('a notification stays for 3 s, is cut at 100 characters, and can be taken down', async () => {
  const host = createTestHost();
  await host.run(`
    figma.notify('Short');
    figma.notify('x'.repeat(150), { timeout: Infinity });
    const { cancel } = figma.notify('Gone', { onDequeue: (reason) => console.log(reason) });
    cancel();
  `);
  expect(host.toasts.map(({ message, timeout }) => [message.length, timeout])).toEqual([
    [5, 3000],
    [100, Number.POSITIVE_INFINITY],
    [4, 3000],
  ]);
  expect(host.toasts.map(({ isDown }) => isDown)).toEqual([false, false, true]);
  expect(host.printed).toEqual(['dismiss']);
});
