import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../dist/broker/main.js', import.meta.url));
const WARM_UP = new URL('./warm-up.mjs', import.meta.url).href;

/** The built broker as a process of its own, so that a test can kill it. */
export interface BrokerProcess {
  /** kill -9, and waits for its end. */
  kill(): Promise<void>;
}

/** A broker that has read its packages, and does nothing until it is started. */
export interface WarmBroker extends BrokerProcess {
  /** Waits until it is ready. @throws Error when it ends before that. */
  start(): Promise<BrokerProcess>;
}

/** Runs `dist/broker/main.js` with this environment, `PORT` included, up to where its own first line comes. */
export function warmBroker(env: Readonly<Record<string, string>>): WarmBroker {
  const child = fork(PROGRAM, {
    execArgv: ['--import', WARM_UP],
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output = `${output}${chunk}`.slice(-4_000);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const warm = once(child, 'message');
  const running: BrokerProcess = {
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
  return {
    ...running,
    async start() {
      await Promise.race([warm, exited]);
      if (child.connected) child.send('start');
      await untilReady(child, `http://127.0.0.1:${env.PORT}/readyz`, () => output);
      return running;
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
    await sleep(10);
  }
}
