/**
 * A voxproc at many times real time: its own receiver, recorder, files and libraries in a process of their own, fed by UDP. Only the
 * voice gateway is missing, which nobody could talk to at that speed. Prints its port, then its size every simulated minute.
 */
import { createSocket } from 'node:dgram';
import {
  DatagramReceiver,
  DecryptHealth,
  notNegotiated,
  person,
  Recorder,
  recordingSpecOf,
  transportOpener,
} from '@parley/voxproc/testing';
import { benchKey } from '../datagrams.ts';
import type { ChildLine, ChildOrders } from './child-lines.ts';
import { FastClock } from './fast-clock.ts';

const orders = JSON.parse(process.argv[2] ?? '') as ChildOrders;
const tell = (line: ChildLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const clock = new FastClock(orders.speed);
const recorder = new Recorder({ clock, onEvent: () => undefined });
const receiver = new DatagramReceiver({
  clock,
  sink: recorder,
  health: new DecryptHealth(),
  verdictOf: () => 'record',
  frameContext: (nowMs) => ({ session: null, negotiation: notNegotiated, rekeying: false, keyless: false, nowMs }),
  onKeyless: () => undefined,
  onDatagram: () => undefined,
});
const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 21 });
socket.bind(0, '127.0.0.1', () => {
  receiver.attach({ socket, address: '127.0.0.1', port: orders.senderPort });
  receiver.setTransport(transportOpener('aead_aes256_gcm_rtpsize', benchKey));
  for (const { ssrc, userId } of orders.people) {
    receiver.named(ssrc, userId);
    recorder.setRoster(person(userId));
  }
  void recorder
    .start(recordingSpecOf(orders.folder, { originUs: clock.monotonicUs(), startTime: Math.round(clock.now()) }))
    .then(() => tell({ port: socket.address().port, rssMegabytes: process.memoryUsage.rss() / 1e6 }));
});

const ticking = clock.setInterval(() => receiver.tick(), 250);
let minutes = 0;
const telling = clock.setInterval(() => {
  minutes += 1;
  const { received, written, lost } = recorder.stats();
  tell({ minutes, rssMegabytes: process.memoryUsage.rss() / 1e6, received, written, lost });
}, 60_000);

process.stdin.once('end', () => {
  ticking[Symbol.dispose]();
  telling[Symbol.dispose]();
  receiver[Symbol.dispose]();
  socket.close();
  void recorder.stop('leave', 'bench').then(async (summary) => {
    await recorder[Symbol.asyncDispose]();
    tell({ summary });
  });
});
process.stdin.resume();
