import { readFileSync } from 'node:fs';
import { systemCode } from '../mux-error.ts';

/** The fields of `/proc/<pid>/stat` from the third, the state, on (proc(5)); the command before it may hold spaces. */
const statOf = (pid: number): readonly string[] => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
};

/** When a process began, in clock ticks since boot (field 22), so that a reused id is told apart; '' where that is not known. */
export const processStartTicks = (pid: number): string => statOf(pid)[19] ?? '';

/** Whether the process of this id lives on this host; with `startTicks`, whether it is still the one that began then. */
export const processLives = (pid: number, startTicks?: string): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') return false;
  }
  const stat = statOf(pid);
  // A zombie has ended; only its parent has not asked yet.
  if (stat[0] === 'Z') return false;
  return startTicks === undefined || startTicks === (stat[19] ?? '');
};

/** What names this boot of the machine: process ids of another one mean nothing here. null where that is not known. */
export const currentBootId = (): string | null => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
};
