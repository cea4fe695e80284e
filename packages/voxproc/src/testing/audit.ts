import { join } from 'node:path';
import { type OpusPacket, readOpusBytes, recordingLayout, SAMPLE_RATE, type SegmentSidecar } from '@parley/mux';
import type { MemoryFs } from './memory-fs.ts';
import { packetIndex, type SentPacket } from './packet-stream.ts';
import { ORIGIN_US } from './simulate.ts';

/** The audio packets of a segment's file. Throws when the reader finds damage. */
export const segmentPackets = (fs: MemoryFs, folder: string, sidecar: SegmentSidecar): OpusPacket[] => {
  const path = join(recordingLayout(folder).personSegments(sidecar.userId), sidecar.file);
  const packets: OpusPacket[] = [];
  for (const event of readOpusBytes(fs.files.get(path) ?? Buffer.alloc(0))) {
    if (event.type === 'damage') throw new Error(`${path}: ${event.damage.type} at ${event.damage.offset}`);
    if (event.type === 'page')
      packets.push(...event.packets.map((packet) => ({ ...packet, data: Buffer.from(packet.data) })));
  }
  return packets;
};

/** What breaks the account of a sidecar against its file; empty when it is exact. */
export const auditSegment = (fs: MemoryFs, folder: string, sidecar: SegmentSidecar): string[] => {
  const { packets, fill, lostSamples, samples, clock, startSample } = sidecar;
  const found = segmentPackets(fs, folder, sidecar);
  const inFile = found.reduce((sum, packet) => sum + packet.samples, 0);
  const dropped = Object.values(packets.dropped).reduce((sum, count) => sum + count, 0);
  const concealed = found.filter((packet) => packet.data.length === 1).length;
  const file = fs.files.get(join(recordingLayout(folder).personSegments(sidecar.userId), sidecar.file));
  const checks: [string, number, number][] = [
    ['received = written + dropped', packets.received, packets.written + dropped],
    ['lost = concealed + silence', lostSamples, fill.lossConcealed + fill.lossSilence],
    ['samples = decoded length', samples, inFile],
    ['bytes', sidecar.bytes, file?.length ?? 0],
    ['start = rtp + offset', startSample, clock.rtpStart + clock.offsetSamples],
    ['grid', startSample % 120 === 0 ? 0 : 1, 0],
    ['concealment', fill.lossConcealed > 0 ? 1 : 0, concealed > 0 ? 1 : 0],
  ];
  return checks
    .filter(([, said, is]) => said !== is)
    .map(([what, said, is]) => `${sidecar.segmentId}: ${what}: ${said} is not ${is}`);
};

/** Where a speech packet stands in the recording against when it was spoken. */
export interface Placed {
  readonly spokenUs: number;
  /** Samples between where it stands and where it was spoken; holds the constant one-way delay. */
  readonly error: number;
}

/** Where every written speech packet of a person stands, by the time it was spoken. */
export const placesOf = (
  fs: MemoryFs,
  folder: string,
  sidecars: readonly SegmentSidecar[],
  sent: readonly SentPacket[],
): Placed[] => {
  const spoken = new Map(sent.map((packet) => [packet.index, packet.spokenUs]));
  const userId = sent[0]?.packet.userId;
  const placed: Placed[] = [];
  for (const sidecar of sidecars.filter((candidate) => candidate.userId === userId)) {
    for (const { data, position } of segmentPackets(fs, folder, sidecar)) {
      const index = packetIndex(data);
      const spokenUs = index === null ? undefined : spoken.get(index);
      if (spokenUs === undefined) continue;
      const truth = ((spokenUs - ORIGIN_US) * SAMPLE_RATE) / 1e6;
      placed.push({ spokenUs, error: sidecar.startSample + position - truth });
    }
  }
  return placed.sort((a, b) => a.spokenUs - b.spokenUs);
};

/** Differences between two people in milliseconds at every packet of the first, each one's constant delay taken out. */
export const misalignment = (
  a: readonly Placed[],
  b: readonly Placed[],
  delayMs: readonly [number, number],
): number[] => {
  const differences: number[] = [];
  let at = 0;
  for (const packet of a) {
    while (at + 1 < b.length && (b[at + 1] as Placed).spokenUs <= packet.spokenUs) at += 1;
    const other = b[at];
    if (other === undefined) continue;
    differences.push(Math.abs(packet.error / 48 - delayMs[0] - (other.error / 48 - delayMs[1])));
  }
  return differences.sort((x, y) => x - y);
};

/** The value at `share` (0–1) of sorted numbers. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
