import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ROOT } from './install.mjs';

/** `npm start` as a test starts it: on a free port, in a data directory of its own. */
export interface InkpotProcess {
  /** The one URL that it printed: the playground. */
  readonly playground: string;
  readonly origin: string;
  readonly process: ChildProcess;
  /** Every line that it printed. */
  readonly lines: readonly string[];
  /** Ends it with a signal, and waits for its end. @returns its exit code; null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts the whole product and waits until it is ready.
 * @throws Error with what it printed, when it ends before that.
 */
export async function startInkpot(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<InkpotProcess> {
  const child = spawn(process.execPath, ['broker/local/start.mjs', '--no-install', ...args], {
    cwd: ROOT,
    env: { ...withoutOurSettings(process.env), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const playground = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const url = /https?:\/\/\S+/.exec(line)?.[0];
      if (url) resolve(url);
    });
    void exited.then((code) => reject(new Error(`ended with ${code} before it was ready:\n${lines.join('\n')}`)));
  });
  return {
    playground,
    origin: new URL(playground).origin,
    process: child,
    lines,
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

/** What the machine that runs the tests has set for a broker of its own must not reach theirs. */
function withoutOurSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours =
    /^(INKPOT_|STRIPE_|FAL_|SMTP_|\w+_(API_KEY|API_TOKEN|API_SECRET|BASE_URL)$|REDIS_URL$|PORT$|HOST$|NODE_ENV$|LOG_LEVEL$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)));
}
