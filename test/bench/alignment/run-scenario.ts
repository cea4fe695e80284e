import {
  type OpusPacket,
  type PersonTimeline,
  planTimeline,
  readOpusBytes,
  recordingLayout,
  type SegmentSidecar,
  type Timeline,
} from '@parley/mux';
import { groupPlacements, TrackAssembler, walkOpusBytes } from '@parley/mux/testing';
import {
  auditSegment,
  type Bench,
  deliver,
  makeBench,
  mergeStreams,
  misalignment,
  ORIGIN_US,
  type Placed,
  packetIndex,
  packetStream,
  person,
  quantile,
  readJournal,
  readSidecars,
  type SentPacket,
  type Step,
} from '@parley/voxproc/testing';
import { DiscontinuityFinder, longestWindowMs, settled } from './discontinuities.ts';
import { ArrivalPlacement, RtpOncePlacement } from './placement-designs.ts';
import { delayMsOf, type Scenario, speakersOf, stallsOf } from './scenario.ts';

/** Differences between two people in milliseconds. */
export interface Spread {
  readonly packets: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface Outcome {
  readonly scenario: Scenario;
  /** On the finished tracks: what voxproc wrote, as the mux placed it. */
  readonly tracks: Spread;
  /** As voxproc placed it by itself, knowing only the past. */
  readonly live: Spread;
  readonly arrival: Spread;
  readonly rtpOnce: Spread;
  /** How long the longest discontinuity was seen on the tracks, milliseconds. */
  readonly window: { readonly large: number; readonly small: number };
  readonly received: number;
  readonly lost: number;
  /** What is wrong in the accounts; empty when every sidecar and their sum are exact. */
  readonly broken: readonly string[];
  /** Packets the tracks left out, because others stood in their place. */
  readonly leftOut: number;
}

/** One person's truth, and the designs that are compared, fed while the packets pass by. */
class Witness {
  readonly spokenUs: number[] = [];
  readonly arrival = new ArrivalPlacement();
  readonly rtpOnce = new RtpOncePlacement();
  readonly discontinuities = new DiscontinuityFinder();

  *watch(packets: Iterable<SentPacket>): Generator<SentPacket, void, undefined> {
    for (const sent of packets) {
      this.spokenUs[sent.index] = sent.spokenUs;
      this.discontinuities.take(sent);
      yield sent;
    }
  }

  /** As it arrived, after every stall. */
  arrived(sent: SentPacket): void {
    this.arrival.take(sent);
    this.rtpOnce.take(sent);
  }
}

/** Records a scenario with the real recorder, places it with the real mux, and compares with the truth. */
export const runScenario = async (scenario: Scenario): Promise<Outcome> => {
  const models = speakersOf(scenario);
  const witnesses = models.map(() => new Witness());
  const witnessOf = new Map(models.map(({ userId }, index) => [userId, witnesses[index] as Witness]));
  const stalls = stallsOf(scenario);
  const bench = makeBench();
  await using recorder = bench.recorder;
  for (const { userId } of models) recorder.setRoster(person(userId));
  await recorder.start(bench.spec);
  const streams = models.map((model, index) => (witnesses[index] as Witness).watch(packetStream(model)));
  const steps = stalls.map(
    ([fromUs, toUs]): Step => ({ atUs: fromUs, act: () => bench.clock.stall((toUs - fromUs) / 1000) }),
  );
  let delivered = 0;
  const passing = function* (): Generator<SentPacket, void, undefined> {
    for (const sent of mergeStreams(streams, stalls)) {
      witnessOf.get(sent.packet.userId)?.arrived(sent);
      delivered += 1;
      yield sent;
    }
  };
  await deliver(bench, passing(), steps);
  await bench.clock.run(2000, 500);
  const summary = await recorder.stop('leave', 'bench');
  const sidecars = readSidecars(bench.fs, bench.spec.folder);

  const broken = sidecars.flatMap((sidecar) => auditSegment(bench.fs, bench.spec.folder, sidecar));
  broken.push(...sumsOf(bench, sidecars, delivered, summary));

  const delays = models.map(delayMsOf);
  const found = witnesses.map(({ discontinuities }) => discontinuities.find());
  const compare = (places: readonly (readonly Placed[])[]): Spread => {
    const [a, b] = places.map((one, index) => settled(one, found[index] ?? [])) as [Placed[], Placed[]];
    return spreadOf(misalignment(a, b, delays as [number, number]));
  };
  const timeline = timelineOf(bench, sidecars);
  const laid = models.map(({ userId }, index) => layTrack(bench, timeline, userId, witnesses[index] as Witness));
  const live = models.map(({ userId }, index) => placesOfPerson(bench, sidecars, userId, witnesses[index] as Witness));
  const tracks = laid.map(({ placed }) => placed);
  const windows = tracks.map((placed, index) => longestWindowMs(placed, found[index] ?? [], delays[index] ?? 0));
  return {
    scenario,
    tracks: compare(tracks),
    live: compare(live),
    arrival: compare(witnesses.map(({ arrival }) => byTime(arrival.placed))),
    rtpOnce: compare(witnesses.map(({ rtpOnce }) => byTime(rtpOnce.placed))),
    window: {
      large: Math.max(...windows.map(({ large }) => large)),
      small: Math.max(...windows.map(({ small }) => small)),
    },
    received: summary.received,
    lost: summary.lost,
    broken,
    leftOut: laid.reduce((sum, { leftOut }) => sum + leftOut, 0),
  };
};

const byTime = (placed: Placed[]): Placed[] => placed.sort((a, b) => a.spokenUs - b.spokenUs);

const spreadOf = (sorted: readonly number[]): Spread => ({
  packets: sorted.length,
  p50: quantile(sorted, 0.5),
  p95: quantile(sorted, 0.95),
  p99: quantile(sorted, 0.99),
  max: quantile(sorted, 1),
});

/** What does not add up over the whole recording. */
const sumsOf = (
  { fs, spec }: Bench,
  sidecars: readonly SegmentSidecar[],
  delivered: number,
  summary: Readonly<Record<'received' | 'written' | 'lost', number>>,
): string[] => {
  const line = readJournal(fs, spec.folder).find(({ type }) => type === 'receive_summary');
  if (line?.type !== 'receive_summary') return ['the journal has no receive_summary'];
  const sum = (of: (sidecar: SegmentSidecar) => number): number =>
    sidecars.reduce((total, sidecar) => total + of(sidecar), 0);
  const checks: [string, number, number][] = [
    ['received = delivered', summary.received, delivered],
    ['received of all segments and between them', sum(({ packets }) => packets.received) + line.received, delivered],
    ['lost in all segments and between them', sum(({ packets }) => packets.lost) + line.lost, summary.lost],
    ['written of all segments', sum(({ packets }) => packets.written), summary.written],
  ];
  return checks.filter(([, is, should]) => is !== should).map(([what, is, should]) => `${what}: ${is}, not ${should}`);
};

const bytesOf = ({ fs, spec }: Bench, sidecar: SegmentSidecar): Buffer =>
  fs.files.get(`${recordingLayout(spec.folder).personSegments(sidecar.userId)}/${sidecar.file}`) ?? Buffer.alloc(0);

const timelineOf = (bench: Bench, sidecars: readonly SegmentSidecar[]): Timeline =>
  planTimeline({
    segments: sidecars.map((sidecar) => ({
      sidecar,
      file: sidecar.file,
      walk: walkOpusBytes(bytesOf(bench, sidecar)),
    })),
    journal: readJournal(bench.fs, bench.spec.folder),
    sessionSamples: null,
  });

const placedAt = (spokenUs: number, sample: number): Placed => ({
  spokenUs,
  error: sample - ((spokenUs - ORIGIN_US) * 48) / 1000,
});

/** Lays a person's track as the mux does and finds each packet on it. */
const layTrack = (
  bench: Bench,
  timeline: Timeline,
  userId: string,
  { spokenUs }: Witness,
): { readonly placed: Placed[]; readonly leftOut: number } => {
  const own = timeline.people.find((one) => one.userId === userId) as PersonTimeline;
  const sidecars = new Map(timeline.segments.map((sidecar) => [sidecar.segmentId, sidecar]));
  const placed: Placed[] = [];
  let at = 0;
  const assembler = new TrackAssembler(own, timeline.durationSamples, (packet, samples) => {
    const index = packetIndex(packet);
    const us = index === null ? undefined : spokenUs[index];
    if (us !== undefined) placed.push(placedAt(us, at));
    at += samples;
  });
  for (const group of groupPlacements(own.placements)) {
    const sidecar = sidecars.get(group.segmentId);
    if (sidecar !== undefined) assembler.takeSegment(group, packetsIn(bytesOf(bench, sidecar)));
  }
  return { placed: byTime(placed), leftOut: assembler.counts.covered + assembler.counts.outside };
};

function* packetsIn(bytes: Buffer): Generator<OpusPacket, void, undefined> {
  for (const event of readOpusBytes(bytes)) if (event.type === 'page') yield* event.packets;
}

const placesOfPerson = (
  bench: Bench,
  sidecars: readonly SegmentSidecar[],
  userId: string,
  { spokenUs }: Witness,
): Placed[] => {
  const placed: Placed[] = [];
  for (const sidecar of sidecars) {
    if (sidecar.userId !== userId) continue;
    for (const { data, position } of packetsIn(bytesOf(bench, sidecar))) {
      const index = packetIndex(data);
      const us = index === null ? undefined : spokenUs[index];
      if (us !== undefined) placed.push(placedAt(us, sidecar.startSample + position));
    }
  }
  return byTime(placed);
};
