import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type JournalLine,
  muxCliPath,
  readOpusPackets,
  recordingLayout,
  type SegmentSidecar,
  segmentSidecarSchema,
} from '@parley/mux';
import { execa } from 'execa';
import { readJournal } from './bot-on-sim.ts';

/** Users who have segments in a recording. */
export const recordedUsers = async (folder: string): Promise<string[]> =>
  (await readdir(recordingLayout(folder).segments).catch(() => [])).toSorted();

/** A person's sidecars in a recording, in order. */
export const sidecarsOf = async (folder: string, userId: string): Promise<SegmentSidecar[]> => {
  const segments = recordingLayout(folder).personSegments(userId);
  const names = (await readdir(segments).catch(() => [])).filter((name) => name.endsWith('.json')).toSorted();
  return await Promise.all(
    names.map(async (name) => segmentSidecarSchema.parse(JSON.parse(await readFile(join(segments, name), 'utf8')))),
  );
};

/** Every packet in a person's segments, in order, fills included. */
export const packetsOf = async (folder: string, userId: string): Promise<Buffer[]> => {
  const packets: Buffer[] = [];
  for (const { file } of await sidecarsOf(folder, userId)) {
    const path = join(recordingLayout(folder).personSegments(userId), file);
    for await (const { data } of readOpusPackets(path)) packets.push(Buffer.from(data));
  }
  return packets;
};

type ReceiveSummary = Extract<JournalLine, { type: 'receive_summary' }>;

/** What the audio processes of a recording received outside of any segment. */
export const receiveSummaries = async (folder: string): Promise<ReceiveSummary[]> => {
  const names = (await readdir(recordingLayout(folder).journal)).filter((name) => name.startsWith('voxproc-'));
  const journals = await Promise.all(names.toSorted().map((name) => readJournal(folder, name)));
  return journals.flat().filter((line) => line.type === 'receive_summary');
};

/** All files below a folder. */
export const filesBelow = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Bytes of a packet that tell it from every other; a page's end may stand between the first and the last of it. */
const probeBytes = 24;

/**
 * Which of these packets stand in any of the files, whatever the file's format: the first or the last bytes of a packet are enough.
 * Packets must be at least 24 bytes long and unlike each other.
 */
export const packetsIn = async (files: readonly string[], packets: readonly Buffer[]): Promise<number[]> => {
  const contents = await Promise.all(files.map((file) => readFile(file)));
  return packets.flatMap((packet, index) => {
    if (packet.length < probeBytes) throw new RangeError(`packet ${index} has ${packet.length} bytes only`);
    const probes = [packet.subarray(0, probeBytes), packet.subarray(-probeBytes)];
    return contents.some((bytes) => probes.some((probe) => bytes.includes(probe))) ? [index] : [];
  });
};

/** Runs `parley-mux` on a recording as a person would, with the ffmpeg of this machine. Never rejects for its exit code. */
export const parleyMux = async (
  folder: string,
  ...options: string[]
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> => {
  const { FFMPEG_PATH: _, ...env } = process.env;
  const { exitCode, stdout, stderr } = await execa(process.execPath, [muxCliPath, folder, ...options], {
    reject: false,
    extendEnv: false,
    env,
  });
  return { exitCode, stdout, stderr };
};
