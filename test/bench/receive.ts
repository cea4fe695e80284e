import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OggOpusWriter } from '@parley/mux';
import {
  deliver,
  makeBench,
  mergePackets,
  ORIGIN_US,
  packetsOf,
  person,
  plainSpeaker,
  type SentPacket,
} from '@parley/voxproc/testing';
import { type Bench, median } from './bench.ts';

const speakers = 10;

/** Packets of ten people who talk most of the time, as they arrive. */
const traffic = (seconds: number): SentPacket[] =>
  mergePackets(
    Array.from({ length: speakers }, (_, index) =>
      packetsOf({
        ...plainSpeaker,
        userId: `1000000000000000${10 + index}`,
        ssrc: 1000 + index,
        seed: index + 1,
        startUs: ORIGIN_US,
        durationMs: seconds * 1000,
        network: { delayMs: 40, jitterMs: 8, loss: 0.01, burst: 2, duplicate: 0.001, reorder: 0.005 },
      }),
    ),
  );

const cpuMicroseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Through the real recorder, from the decrypted packet to the page queue, on a clock that runs as fast as the work allows. */
const recorded = async (packets: readonly SentPacket[]): Promise<number> => {
  const bench = makeBench();
  await using recorder = bench.recorder;
  for (const userId of new Set(packets.map(({ packet }) => packet.userId))) recorder.setRoster(person(userId));
  await recorder.start(bench.spec);
  const before = cpuMicroseconds();
  await deliver(bench, packets);
  const used = cpuMicroseconds() - before;
  await recorder.stop('leave', 'bench');
  return used / packets.length;
};

/** The usual way: each packet a page of its own, written at once, in order of arrival. */
const pagePerPacket = async (packets: readonly SentPacket[]): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-receive-'));
  try {
    const files = new Map<string, { writer: OggOpusWriter; stream: ReturnType<typeof createWriteStream> }>();
    const before = cpuMicroseconds();
    for (const [index, { packet }] of packets.entries()) {
      let file = files.get(packet.userId);
      if (!file) {
        const writer = new OggOpusWriter({ serial: 1, comments: {}, maxPacketsPerPage: 1 });
        file = { writer, stream: createWriteStream(join(folder, `${packet.userId}.ogg`)) };
        files.set(packet.userId, file);
      }
      const page = file.writer.push(packet.opus, 960);
      if (page) file.stream.write(page);
      if (index % speakers === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const used = cpuMicroseconds() - before;
    for (const { stream } of files.values()) await new Promise<void>((resolve) => stream.end(() => resolve()));
    return used / packets.length;
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Receive and write, without socket, encryption and disk. */
export const receive: Bench = {
  name: 'receive',
  says: 'one decrypted packet through order, place, accounting and pages (10 speakers), CPU',
  async run({ sanity }) {
    const packets = traffic(sanity ? 4 : 60);
    await recorded(packets);
    const runs: number[] = [];
    const reference: number[] = [];
    for (let run = 0; run < (sanity ? 1 : 7); run += 1) {
      runs.push(await recorded(packets));
      reference.push(await pagePerPacket(packets));
    }
    const ours = median(runs);
    return [
      {
        name: `packet to page queue, ${packets.length} packets`,
        unit: 'µs',
        ...ours,
        reference: { name: 'a page and a write a packet', value: median(reference).value },
        budget: { text: '≤ 20 µs', ok: ours.value <= 20 },
      },
    ];
  },
};
