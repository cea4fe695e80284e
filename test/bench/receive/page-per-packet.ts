import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OggOpusWriter } from '@parley/mux';
import type { SentPacket } from '@parley/voxproc/testing';
import { cpuMicroseconds, speakers } from './traffic.ts';

/** The usual way: each packet a page of its own, written at once, in order of arrival. */
export const pagePerPacket = async (packets: readonly SentPacket[]): Promise<number> => {
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
