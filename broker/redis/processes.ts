import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The command line of a running process; null when there is none by this id, or only its unreaped remains. */
export async function commandOf(pid: number): Promise<string | null> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return null;
  }
  if (process.platform === 'linux') {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return command.replaceAll('\0', ' ').trim() || null;
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() || null;
}

/** How often a server is asked to end before it is killed, once a second: one that is writing its file refuses. */
const REQUESTS = 10;

/** Asks a process to end, waits, and kills it when it does not. */
export async function endProcess(pid: number): Promise<void> {
  const signals = [...Array.from({ length: REQUESTS }, () => 'SIGTERM' as const), 'SIGKILL' as const];
  for (const signal of signals) {
    try {
      process.kill(pid, signal);
      // One that was stopped hears the signal only when it goes on.
      process.kill(pid, 'SIGCONT');
    } catch {
      return;
    }
    for (const end = performance.now() + 1_000; performance.now() < end; await sleep(20)) {
      if ((await commandOf(pid)) === null) return;
    }
  }
  throw new Error(`process ${pid} does not end`);
}
