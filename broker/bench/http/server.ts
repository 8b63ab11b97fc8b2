import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../redis/free-port.ts';
import { cpuSeconds, onFirstCore } from './cores.ts';

/** One of the programs that are compared, in a process and on a core of its own. */
export interface Server {
  readonly url: string;
  /** Seconds of all cores so far. */
  cpu(): number;
  stop(): Promise<void>;
}

/** Starts a bundled program and waits until it answers. @throws Error with what it said when it ends before. */
export async function startServer(
  program: string,
  publicUrl: string,
  env: Readonly<Record<string, string>>,
): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(...onFirstCore(process.execPath, [program]), {
    env: { PATH: process.env.PATH, PORT: String(port), INKPOT_PUBLIC_URL: publicUrl, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const exited = once(child, 'exit');
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}:\n${said}`);
    const answers = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) break;
    await sleep(20);
  }
  return {
    url,
    // taskset becomes the program, so the process is the server itself.
    cpu: () => cpuSeconds(child.pid ?? 0),
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
