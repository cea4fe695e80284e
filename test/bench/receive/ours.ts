import { createSocket } from 'node:dgram';
import {
  DatagramReceiver,
  DecryptHealth,
  deliver,
  type MediaPacket,
  makeBench,
  notNegotiated,
  person,
  type SentPacket,
} from '@parley/voxproc/testing';
import { cpuMicroseconds } from './traffic.ts';

const server = { address: '127.0.0.1', port: 5000, family: 'IPv4', size: 0 } as const;
/** What transport encryption adds behind a packet: tag and counter. */
const SEAL_BYTES = 20;

const people = (packets: readonly SentPacket[]): ReadonlyMap<string, number> =>
  new Map(packets.map(({ packet }) => [packet.userId, packet.ssrc]));

/** Through the real recorder, from the decrypted packet to the page queue, on a clock that runs as fast as the work allows. */
export const fromPacket = async (packets: readonly SentPacket[]): Promise<number> => {
  const bench = makeBench();
  await using recorder = bench.recorder;
  for (const userId of people(packets).keys()) recorder.setRoster(person(userId));
  await recorder.start(bench.spec);
  const before = cpuMicroseconds();
  await deliver(bench, packets);
  const used = cpuMicroseconds() - before;
  await recorder.stop('leave', 'bench');
  return used / packets.length;
};

/** The datagram of a packet whose encryption takes no time. */
const openDatagram = ({ sequence, timestamp, ssrc, opus }: MediaPacket): Buffer => {
  const datagram = Buffer.alloc(12 + opus.length + SEAL_BYTES);
  datagram[0] = 0x80;
  datagram[1] = 0x78;
  datagram.writeUInt16BE(sequence, 2);
  datagram.writeUInt32BE(timestamp, 4);
  datagram.writeUInt32BE(ssrc, 8);
  datagram.set(opus, 12);
  return datagram;
};

/** From the datagram callback to the page queue; the transport decryption answers at once. */
export const fromDatagram = async (packets: readonly SentPacket[]): Promise<number> => {
  const bench = makeBench();
  await using recorder = bench.recorder;
  using receiver = new DatagramReceiver({
    clock: bench.clock,
    sink: recorder,
    health: new DecryptHealth(),
    verdictOf: () => 'record',
    frameContext: (nowMs) => ({ session: null, negotiation: notNegotiated, rekeying: false, keyless: false, nowMs }),
    onKeyless: () => undefined,
    onDatagram: () => undefined,
  });
  const socket = createSocket('udp4');
  receiver.attach({ socket, address: server.address, port: server.port });
  receiver.setTransport({ open: (bytes, header) => bytes.subarray(header, bytes.length - SEAL_BYTES) });
  for (const [userId, ssrc] of people(packets)) {
    recorder.setRoster(person(userId));
    receiver.named(ssrc, userId);
  }
  await recorder.start(bench.spec);
  const datagrams = new Map(packets.map(({ packet }) => [packet, openDatagram(packet)]));
  const emit = { packet: (packet: MediaPacket) => void socket.emit('message', datagrams.get(packet), server) };
  const before = cpuMicroseconds();
  await deliver({ clock: bench.clock, recorder: emit }, packets);
  const used = cpuMicroseconds() - before;
  await recorder.stop('leave', 'bench');
  socket.close();
  return used / packets.length;
};
