import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../dist/broker/main.js', import.meta.url));

/** The built broker as a process of its own, so that a test can kill it. */
export interface BrokerProcess {
  /** kill -9, and waits for its end. */
  kill(): Promise<void>;
}

/** Starts `dist/broker/main.js` and waits until it is ready. @throws Error when it ends before that. */
export async function startBrokerProcess(env: Readonly<Record<string, string>>): Promise<BrokerProcess> {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output = `${output}${chunk}`.slice(-4_000);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await untilReady(child, `http://127.0.0.1:${env.PORT}/readyz`, () => output);
  return {
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function untilReady(child: ChildProcess, url: string, output: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the broker ended with ${child.exitCode}:\n${output()}`);
    const ready = await fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
