import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SentPacket, speechPacket, transportOpener } from '@parley/voxproc/testing';
import { DaveCall } from '../../sim/src/dave/dave-call.ts';
import { DavePeer } from '../../sim/src/people/dave-peer.ts';
import type { CallMember } from '../../sim/src/voice/call-member.ts';
import { VOICE_OP } from '../../sim/src/voice/opcodes.ts';
import { benchKey, sealDatagram } from '../datagrams.ts';
import { cpuMicroseconds } from './traffic.ts';

const HEADER_BYTES = 12;
const PAGE_BYTES = 4000;
const PACKETS_A_PAGE = 25;
const CHANNEL = '323456789012345678';

const each = (count: number, job: (index: number) => void): number => {
  const before = cpuMicroseconds();
  for (let index = 0; index < count; index += 1) job(index);
  return (cpuMicroseconds() - before) / count;
};

/** Transport decryption of one packet (AES-GCM), most of it Node's making of a decipher. */
export const transport = (packets: readonly SentPacket[]): number => {
  const datagrams = packets.map(sealDatagram);
  const opener = transportOpener('aead_aes256_gcm_rtpsize', benchKey);
  return each(datagrams.length, (index) => opener.open(datagrams[index] as Buffer, HEADER_BYTES));
};

/** One datagram out of the kernel and into a callback that does nothing; the sender is this process too, but measured apart. */
export const socket = async (count: number): Promise<number> => {
  const receiving = createSocket('udp4');
  const sending = createSocket('udp4');
  let heard = 0;
  receiving.on('message', () => {
    heard += 1;
  });
  receiving.bind(0, '127.0.0.1');
  await once(receiving, 'listening');
  const { port } = receiving.address();
  const datagram = Buffer.alloc(180);
  /** As many as fit into the socket's buffer. */
  const burst = 100;
  let receivingUs = 0;
  for (let sent = 0; sent < count; sent += burst) {
    for (let index = 0; index < burst; index += 1) {
      const last = index === burst - 1;
      if (last) await new Promise<void>((resolve) => sending.send(datagram, port, '127.0.0.1', () => resolve()));
      else sending.send(datagram, port, '127.0.0.1');
    }
    const before = cpuMicroseconds();
    const wanted = sent + burst;
    for (let turns = 0; heard < wanted && turns < 1000; turns += 1)
      await new Promise((resolve) => setImmediate(resolve));
    receivingUs += cpuMicroseconds() - before;
  }
  receiving.close();
  sending.close();
  return receivingUs / Math.max(1, heard);
};

/** Writing a page of half a second, shared by its packets. */
export const disk = async (pages: number): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-disk-'));
  try {
    await using file = await open(join(folder, 'pages'), 'w');
    const page = Buffer.alloc(PAGE_BYTES, 0x55);
    const before = cpuMicroseconds();
    for (let index = 0; index < pages; index += 1) await file.write(page);
    return (cpuMicroseconds() - before) / pages / PACKETS_A_PAGE;
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** End-to-end decryption of one packet in a group of two. @throws when the two do not come to understand each other */
export const endToEnd = (count: number): number => {
  const jobs: (() => void)[] = [];
  const call = new DaveCall({
    channelId: CHANNEL,
    enabled: true,
    commitDelayMs: () => 0,
    later: () => () => undefined,
    notify: () => undefined,
  });
  const join = (userId: string): DavePeer => {
    const peer: DavePeer = new DavePeer(userId, CHANNEL, {
      sendOp: (op, data) =>
        jobs.push(() => {
          if (op === VOICE_OP.daveTransitionReady) call.transitionReady(member, data.transition_id);
          else if (op === VOICE_OP.mlsInvalidCommitWelcome) call.invalid(member);
        }),
      sendBinary: (op, payload) =>
        jobs.push(() => {
          if (op === VOICE_OP.mlsKeyPackage) call.keyPackage(member, payload);
          else if (op === VOICE_OP.mlsCommitWelcome) call.commit(member, payload);
        }),
    });
    const member: CallMember = {
      userId,
      ssrc: 1,
      maxDave: 1,
      voiceState: () => null,
      sendOp: (op, data) => jobs.push(() => peer.receiveOp(op, data)),
      sendBinary: (op, payload) => jobs.push(() => peer.receiveBinary(op, payload)),
      sendMedia: () => undefined,
    };
    peer.start(call.connect(member));
    for (let job = jobs.shift(); job; job = jobs.shift()) job();
    return peer;
  };
  const [alice, bob] = ['100000000000000001', '100000000000000002'] as const;
  const [from, to] = [join(alice), join(bob)];
  const frames = Array.from({ length: count }, (_, index) =>
    from.encrypt(Buffer.from(speechPacket(index, 20, true, 160))),
  );
  return each(count, (index) => {
    if (!Buffer.isBuffer(to.decrypt(alice, frames[index] as Buffer))) throw new Error('a frame could not be opened');
  });
};
