import { Channel, type ChannelReport } from '../index.ts';
import { FakeClock } from './fake-clock.ts';
import { linkedStreams } from './linked-streams.ts';

export interface ChannelPairOptions {
  readonly highWaterMark?: number;
  readonly maxQueued?: number;
  /** Whether the handshake counts as done. */
  readonly welcomed?: boolean;
}

/** A supervisor's and a voxproc's channel joined in memory, on one fake clock, with what each of them reported. */
export const channelPair = ({ highWaterMark = 65_536, maxQueued, welcomed = true }: ChannelPairOptions = {}) => {
  const clock = new FakeClock();
  const [supervisorStream, voxprocStream] = linkedStreams({ highWaterMark });
  const reports: { supervisor: ChannelReport[]; voxproc: ChannelReport[] } = { supervisor: [], voxproc: [] };
  const bounds = maxQueued === undefined ? {} : { maxQueued };
  const supervisor = new Channel({
    side: 'supervisor',
    readable: supervisorStream,
    writable: supervisorStream,
    clock,
    report: (report) => reports.supervisor.push(report),
    ...bounds,
  });
  const voxproc = new Channel({
    side: 'voxproc',
    readable: voxprocStream,
    writable: voxprocStream,
    clock,
    report: (report) => reports.voxproc.push(report),
    ...bounds,
  });
  if (welcomed) {
    supervisor.welcome();
    voxproc.welcome();
  }
  return { clock, supervisor, voxproc, supervisorStream, voxprocStream, reports };
};
