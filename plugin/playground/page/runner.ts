import type { RunOptions } from '../api/context.ts';
import { type RunningPlugin, runPlugin } from '../api/run-plugin.ts';
import type { HostServices, ToastOptions } from '../api/services.ts';
import type { Editor } from '../document/editor.ts';
import type { NodeRecord } from '../document/record.ts';
import type { PluginFiles } from './plugin-files.ts';
import type { RelaunchChoice } from './properties.tsx';
import type { PageState } from './state.ts';

export interface RunnerSeams {
  readonly editor: Editor;
  readonly state: PageState;
  readonly load: () => Promise<PluginFiles>;
  readonly options: Pick<RunOptions, 'editorType' | 'mode' | 'plan'>;
  readonly services: (files: PluginFiles) => HostServices;
  readonly toast: (message: string, options: ToastOptions) => () => void;
  readonly log: HostServices['log'];
}

export interface Runner {
  /** Reads the plugin's manifest ahead, so that layers show their relaunch buttons before the first run. */
  prepare(): Promise<void>;
  /** Starts the plugin; one that runs is closed first, as Figma runs one at a time. */
  run(command: string): Promise<void>;
  stop(): void;
  relaunchButtons(records: readonly NodeRecord[]): readonly RelaunchChoice[];
}

export function createRunner(seams: RunnerSeams): Runner {
  const { editor, state } = seams;
  let running: RunningPlugin | undefined;
  let files: PluginFiles | undefined;
  /** Starts wait for each other, so that two quick clicks do not leave two plugins. */
  let starting: Promise<void> = Promise.resolve();

  const say = (message: string, error: boolean): void =>
    void seams.toast(message, { timeout: error ? 6_000 : 3_000, error, onDequeue: () => undefined });
  const showRunning = (): void => {
    const isUnseen = running !== undefined && !running.isClosed() && !running.hasVisibleUi();
    state.runningUnseen.value = isUnseen ? (files?.manifest.name ?? '') : null;
  };

  const start = async (command: string): Promise<void> => {
    files = await seams.load();
    running?.close();
    running = await runPlugin(
      editor,
      seams.services(files),
      { ...files, ...seams.options, command },
      {
        onClose: (message) => {
          running = undefined;
          showRunning();
          if (message !== undefined) say(message, false);
        },
        onError: (fault) => {
          seams.log('error', [`${fault.name}: ${fault.message}\n${fault.stack}`]);
          say(`An error occurred while running this plugin: ${fault.message}`, true);
        },
        onUiChange: showRunning,
      },
    );
    if (running.isClosed()) running = undefined;
    showRunning();
  };

  const report = (reason: unknown): void => {
    const message = reason instanceof Error ? reason.message : String(reason);
    seams.log('error', [message]);
    say(message, true);
  };

  return {
    async prepare() {
      try {
        files = await seams.load();
        state.revision.value += 1;
      } catch {
        // A plugin that is not there, or not valid, is reported when it is run.
      }
    },
    run(command) {
      starting = starting.then(() => start(command)).catch(report);
      return starting;
    },
    stop: () => running?.close(),
    relaunchButtons(records) {
      const { relaunchButtons = [], id } = files?.manifest ?? {};
      if (id === undefined) return [];
      return relaunchButtons
        .filter(({ multipleSelection = false }) => records.length === 1 || multipleSelection)
        .flatMap(({ command, name }) => {
          const descriptions = records.map((record) => record.relaunch[id]?.[command]);
          const [first] = descriptions;
          if (first === undefined || descriptions.includes(undefined)) return [];
          return [{ command, name, description: first, run: () => void this.run(command) }];
        });
    },
  };
}
