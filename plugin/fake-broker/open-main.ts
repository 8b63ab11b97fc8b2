import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { parseMessage } from '../../shared/bridge/message.ts';
import type { ToMain } from '../../shared/bridge/to-main.ts';
import { ToUi } from '../../shared/bridge/to-ui.ts';
import { buildPlugin } from '../build/build-plugin.ts';
import { createTestHost, type TestHost } from '../playground/fixtures/test-host.ts';

/**
 * Builds the plugin for the tests of a file, which run its main as Figma loads it, in QuickJS on the playground's document
 * model.
 * @returns how to open it in a host, and to speak for its panel.
 */
export function startMain() {
  let folder: string;
  let main: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inkpot-main-'));
    await buildPlugin({ brokerUrl: 'http://localhost:8787', outDir: folder, minify: true });
    main = await readFile(join(folder, 'dist/plugin/main.js'), 'utf8');
  });
  afterAll(() => rm(folder, { recursive: true }));

  return async function open(host: TestHost = createTestHost(), command = '') {
    await host.start(main, { html: '<p>panel</p>', command });
    while (host.windows.length === 0) await host.settle();
    const window = host.windows.at(-1);
    if (!window) throw new Error('the panel did not open');

    async function tell(message: ToMain | Record<string, unknown>): Promise<void> {
      window?.events.onMessage(message, 'null');
      // Storage and fonts answer over several turns.
      for (let turn = 0; turn < 8; turn++) await host.settle();
    }

    const heard = () => (window?.posted ?? []).map(({ message }) => parseMessage(ToUi, message));
    const last = <Type extends ToUi['type']>(type: Type) =>
      heard().findLast((message): message is Extract<ToUi, { type: Type }> => message?.type === type);

    return { host, tell, last };
  };
}

/** Looks into the document as another run of the same plugin would. */
export async function look(host: TestHost, expression: string): Promise<unknown> {
  const [value] = await host.run(`console.log(${expression});`);
  return value;
}

/** What the panel says before it asks for pictures. */
export const reserve = (count = 1, targetId: string | null = null): ToMain => ({
  type: 'reserve',
  entry: { ticket: 't1', documentId: 'doc', order: '{}' },
  prompt: 'A lighthouse\nin fog',
  pictures: Array.from({ length: count }, () => ({ width: 64, height: 32 })),
  targetId,
});
