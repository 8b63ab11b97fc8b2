import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Of util-linux: gives a process its cores. */
const TASKSET = 'taskset';

/** Whether a server can be given a core of its own here. */
const canPin = availableParallelism() > 1 && spawnSync(TASKSET, ['--version']).status === 0;

/** Takes this process, and whatever it starts from now on, off the first core, which is for the server alone. */
export function leaveFirstCore(): void {
  if (canPin) spawnSync(TASKSET, ['-acp', `1-${availableParallelism() - 1}`, String(process.pid)]);
}

/** A command that runs on the first core. */
export function onFirstCore(command: string, args: readonly string[]): [string, string[]] {
  return canPin ? [TASKSET, ['-c', '0', command, ...args]] : [command, [...args]];
}

/** Linux counts in hundredths of a second, whatever its clock really does. */
const TICKS_PER_SECOND = 100;

/** What a process has used of all cores, in seconds (`proc(5)`, utime and stime); NaN where there is no /proc. */
export function cpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in the second field may have spaces and brackets; the times are the 12th and 13th after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}
