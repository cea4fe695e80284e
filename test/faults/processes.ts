import { readdir, readFile } from 'node:fs/promises';
import { kill } from 'node:process';
import type { LogLine } from '../../scripts/demo/bot-process.ts';
import type { BotOnSim } from '../lib/bot-on-sim.ts';

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** CLOCK_MONOTONIC in µs: the clock of the simulator's truth and of every recording. */
export const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

/** Every process of this machine that has `mark` in its environment or its arguments (proc(5)); zombies have neither. */
export const processesWith = async (mark: string): Promise<FoundProcess[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid): Promise<FoundProcess[]> => {
      try {
        const [command, environment] = await Promise.all([
          readFile(`/proc/${pid}/cmdline`, 'utf8'),
          readFile(`/proc/${pid}/environ`, 'utf8'),
        ]);
        const isMarked = command.includes(mark) || environment.includes(mark);
        return isMarked ? [{ pid: Number(pid), command: command.replaceAll('\0', ' ').trim() }] : [];
      } catch {
        return []; // gone meanwhile, or another user's
      }
    }),
  );
  return found.flat();
};

/** Whether a process is there; one that ended and was not waited for is not. */
export const isRunning = async (pid: number): Promise<boolean> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
};

/** Whether a line of the bot's log is passed on from the voxproc that serves a session. */
export const isOfSession = ({ proc, sessionId }: LogLine): boolean => proc === 'voxproc' && sessionId !== undefined;

/** Whether a voxproc in reserve says it is ready. */
export const isReserve = ({ proc, sessionId }: LogLine): boolean => proc === 'voxproc' && sessionId === undefined;

/** The voxproc that serves the session: the last to log under a session's name. */
export const voxprocOf = ({ lines }: BotOnSim): number => {
  const pid = lines.findLast(isOfSession)?.pid;
  if (typeof pid !== 'number') throw new Error('no voxproc has served a session yet');
  return pid;
};

/** Kills the voxproc of the session; returns when, µs of CLOCK_MONOTONIC. */
export const killVoxproc = (call: BotOnSim): number => {
  const pid = voxprocOf(call);
  const us = nowUs();
  kill(pid, 'SIGKILL');
  return us;
};
