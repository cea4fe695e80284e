import {
  type JournalLine,
  journalLineSchema,
  recordingLayout,
  type SegmentSidecar,
  segmentSidecarSchema,
} from '@parley/mux';
import type { RecordingSpec, RecordingSummary, RosterEntry } from '@parley/protocol';
import { settle } from '@parley/protocol/testing';
import { Recorder } from '../recording/recorder.ts';
import type { RecorderEvent } from '../recording/recorder-event.ts';
import type { RecordingFs } from '../recording/recording-fs.ts';
import { MemoryFs } from './memory-fs.ts';
import type { SentPacket } from './packet-stream.ts';
import { StallingClock } from './stalling-clock.ts';

/** The monotonic instant at which simulated recordings begin, microseconds. */
export const ORIGIN_US = 1_000_000_000;
export const START_TIME = 1_800_000_000_000;

/** A roster entry of a person who is present and to be recorded. */
export const person = (userId: string, change: Partial<RosterEntry> = {}): RosterEntry => ({
  userId,
  username: `user-${userId.slice(-2)}`,
  displayName: `User ${userId.slice(-2)}`,
  bot: false,
  muted: false,
  optedOut: false,
  present: true,
  ...change,
});

/** The spec of a recording in `folder` that begins at `ORIGIN_US`. */
export const recordingSpecOf = (folder: string, change: Partial<RecordingSpec> = {}): RecordingSpec => ({
  recordingSessionId: '100000000000000001-100000000000000002-20270115T080000000Z',
  folder,
  startTime: START_TIME,
  originUs: ORIGIN_US,
  voxprocNumber: 0,
  silenceMs: 1000,
  durable: false,
  minFreeBytes: 0,
  ...change,
});

/** A recorder on a fake clock, with what it said. */
export interface Bench {
  readonly clock: StallingClock;
  readonly fs: MemoryFs;
  readonly recorder: Recorder;
  readonly events: RecorderEvent[];
  readonly spec: RecordingSpec;
}

/** Makes a recorder whose clock stands at sample 0 of `spec`; nothing is started. */
export const makeBench = ({
  fs = new MemoryFs(),
  spec = {},
}: {
  fs?: MemoryFs;
  spec?: Partial<RecordingSpec>;
} = {}): Bench => {
  const clock = new StallingClock({ now: START_TIME, monotonicUs: ORIGIN_US });
  const events: RecorderEvent[] = [];
  let serial = 0;
  const newSerial = () => {
    serial += 1;
    return serial;
  };
  const recorder = new Recorder({ clock, fs, newSerial, onEvent: (event) => events.push(event) });
  return { clock, fs, recorder, events, spec: recordingSpecOf('/rec', spec) };
};

/** Something to do in a simulation at an instant, microseconds. */
export interface Step {
  readonly atUs: number;
  readonly act: () => unknown;
}

/** Delivers packets at their arrival and does the steps at their times; lets the disk work every simulated half second. */
export const deliver = async (
  { clock, recorder }: { readonly clock: StallingClock; readonly recorder: Pick<Recorder, 'packet'> },
  packets: Iterable<SentPacket>,
  steps: readonly Step[] = [],
): Promise<void> => {
  const waiting = [...steps].sort((a, b) => a.atUs - b.atUs);
  let settledUs = clock.monotonicUs();
  const goTo = async (us: number) => {
    while (us - settledUs >= 500_000) {
      settledUs += 500_000;
      clock.advance(Math.max(0, (settledUs - clock.monotonicUs()) / 1000));
      await settle();
    }
    clock.advance(Math.max(0, (us - clock.monotonicUs()) / 1000));
  };
  for (const { packet } of packets) {
    for (let step = waiting[0]; step !== undefined && step.atUs <= packet.arrivalUs; step = waiting[0]) {
      waiting.shift();
      await goTo(step.atUs);
      await step.act();
    }
    await goTo(packet.arrivalUs);
    recorder.packet(packet);
  }
  for (const step of waiting) {
    await goTo(step.atUs);
    await step.act();
  }
};

/** The result of a whole simulated recording. */
export interface Recorded {
  readonly fs: MemoryFs;
  readonly events: readonly RecorderEvent[];
  readonly summary: RecordingSummary;
  /** All sidecars on the disk at the end, by segment id. */
  readonly sidecars: readonly SegmentSidecar[];
  readonly folder: string;
}

/** Records `packets` from sample 0 until 2 s after the last one, all people known. */
export const recordAll = async (
  packets: readonly SentPacket[],
  { spec = {}, steps = [], fs = new MemoryFs() }: { spec?: Partial<RecordingSpec>; steps?: Step[]; fs?: MemoryFs } = {},
): Promise<Recorded> => {
  const bench = makeBench({ spec, fs });
  await using recorder = bench.recorder;
  for (const userId of new Set(packets.map(({ packet }) => packet.userId))) recorder.setRoster(person(userId));
  await recorder.start(bench.spec);
  await deliver(bench, packets, steps);
  await bench.clock.run(2000, 500);
  const summary = await recorder.stop('leave', 'test');
  return {
    fs,
    events: bench.events,
    summary,
    sidecars: readSidecars(fs, bench.spec.folder),
    folder: bench.spec.folder,
  };
};

/** All sidecars in a recording's folder, validated. */
export const readSidecars = (fs: MemoryFs, folder: string): SegmentSidecar[] =>
  fs
    .paths('.json')
    .filter((path) => path.startsWith(recordingLayout(folder).segments))
    .map((path) => segmentSidecarSchema.parse(JSON.parse(fs.text(path))));

/** The lines of this voxproc's journal, validated. */
export const readJournal = (fs: MemoryFs, folder: string, voxproc = 0): JournalLine[] =>
  fs
    .text(recordingLayout(folder).voxprocJournal(voxproc))
    .trimEnd()
    .split('\n')
    .map((line) => journalLineSchema.parse(JSON.parse(line)));

/** Copies a recording from memory to a folder of the real disk. */
export const copyTo = async (from: MemoryFs, fs: RecordingFs, root: string): Promise<void> => {
  for (const [path, content] of from.files) {
    const target = `${root}${path}`;
    await fs.makeFolder(target.slice(0, target.lastIndexOf('/')));
    const file = await fs.overwrite(target);
    if (content.length > 0) await file.write([content]);
    await file.close();
  }
};
