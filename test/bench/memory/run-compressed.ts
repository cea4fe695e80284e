import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RecordingSummary } from '@parley/protocol';
import {
  mergeStreams,
  ORIGIN_US,
  packetStream,
  plainSpeaker,
  type SentPacket,
  type SpeakerModel,
} from '@parley/voxproc/testing';
import { voxprocEnvironment, voxprocNodeOptions } from '../../../packages/bot/src/vox/child-handle.ts';
import { sealDatagram } from '../datagrams.ts';
import type { ChildLine, ChildOrders, SizeLine } from './child-lines.ts';

const childPath = fileURLToPath(new URL('./child.ts', import.meta.url));
/** What is due is sent this often, milliseconds of this machine. */
const SEND_MS = 1;

export interface Compressed {
  readonly people: number;
  readonly minutes: number;
  readonly speed: number;
}

export interface CompressedOutcome {
  /** Its size before the first packet. */
  readonly emptyMegabytes: number;
  readonly sizes: readonly SizeLine[];
  readonly sent: number;
  readonly summary: RecordingSummary;
}

/** A meeting: each says something now and then, about four at once of twenty-five. */
const speakersOf = ({ people, minutes }: Compressed): SpeakerModel[] =>
  Array.from({ length: people }, (_, index) => ({
    ...plainSpeaker,
    userId: String(100_000_000_000_000_000n + BigInt(index)),
    ssrc: 1000 + index,
    seed: index + 1,
    startUs: ORIGIN_US,
    durationMs: minutes * 60_000,
    network: { delayMs: 40, jitterMs: 5, loss: 0.01, burst: 2, duplicate: 0.001, reorder: 0.005 },
    speechMs: [800, 6000],
    pauseMs: [2000, 30_000],
    bytes: [100, 220],
  }));

/** Sends what is due by the faster clock, until all is sent. @returns datagrams sent */
const sendAll = async (socket: Socket, port: number, packets: Iterable<SentPacket>, speed: number): Promise<number> => {
  const startMs = performance.now();
  let sent = 0;
  for (const one of packets) {
    const dueMs = startMs + (one.packet.arrivalUs - ORIGIN_US) / 1000 / speed;
    while (performance.now() < dueMs) await new Promise((resolve) => setTimeout(resolve, SEND_MS));
    socket.send(sealDatagram(one, sent), port, '127.0.0.1');
    sent += 1;
  }
  return sent;
};

/** Records a meeting in a process of its own at `speed` times real time. @throws when the process ends before it is asked to */
export const runCompressed = async (meeting: Compressed): Promise<CompressedOutcome> => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-memory-'));
  const socket = createSocket('udp4');
  try {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const models = speakersOf(meeting);
    const orders: ChildOrders = {
      speed: meeting.speed,
      folder,
      senderPort: socket.address().port,
      people: models.map(({ userId, ssrc }) => ({ userId, ssrc })),
    };
    const child = spawn(process.execPath, [...voxprocNodeOptions, childPath, JSON.stringify(orders)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...voxprocEnvironment },
    });
    const exited = once(child, 'exit');
    const sizes: SizeLine[] = [];
    let emptyMegabytes = 0;
    const port = Promise.withResolvers<number>();
    const ended = Promise.withResolvers<RecordingSummary>();
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as ChildLine;
      if ('port' in line) {
        emptyMegabytes = line.rssMegabytes;
        port.resolve(line.port);
      } else if ('summary' in line) ended.resolve(line.summary);
      else sizes.push(line);
    });
    void exited.then(([code]) => {
      const error = new Error(`the recording process ended with ${String(code)}`);
      port.reject(error);
      ended.reject(error);
    });
    ended.promise.catch(() => undefined);
    const sent = await sendAll(socket, await port.promise, mergeStreams(models.map(packetStream)), meeting.speed);
    child.stdin.end();
    const summary = await ended.promise;
    await exited;
    return { emptyMegabytes, sizes, sent, summary };
  } finally {
    socket.close();
    await rm(folder, { recursive: true });
  }
};
