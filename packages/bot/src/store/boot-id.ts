import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

let known: string | null = null;

/**
 * What names this boot of the machine: monotonic clock readings and process ids of another boot mean nothing here. Linux and macOS
 * have an id; elsewhere it is derived from the boot time, in steps of ten minutes since clocks are corrected.
 */
export const bootId = (): string => {
  known ??= ofLinux() ?? ofMac() ?? `boot-${Math.round((Date.now() / 1000 - uptime()) / 600)}`;
  return known;
};

const ofLinux = (): string | null => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
};

const ofMac = (): string | null => {
  if (process.platform !== 'darwin') return null;
  try {
    return execFileSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8', timeout: 2000 }).trim();
  } catch {
    return null;
  }
};
