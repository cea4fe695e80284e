import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { describe, it } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import type { PacketSink } from '../receive/packet-source.ts';
import { DatagramReceiver, type Verdict } from './datagram-receiver.ts';
import { notNegotiated } from './dave-negotiation.ts';
import { DecryptHealth } from './decrypt-health.ts';
import type { FrameContext, FrameSession } from './frame-decryptor.ts';
import { transportOpener } from './transport-crypto.ts';

const key = Buffer.alloc(32, 7);
const server = { address: '10.0.0.1', port: 5000, family: 'IPv4' as const, size: 0 };

/** A datagram as the voice server sends it. */
const datagram = (ssrc: number, sequence: number, frame: Buffer): Buffer => {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = 0x78;
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(sequence * 960, 4);
  header.writeUInt32BE(ssrc, 8);
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(sequence);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(header);
  return Buffer.concat([header, cipher.update(frame), cipher.final(), cipher.getAuthTag(), nonce.subarray(0, 4)]);
};
const plain = (n: number): Buffer => Buffer.from([0x78, 1, 2, 3, n]);
/** A frame with the structure of an encrypted one, whose nonce is `n`. */
const sealed = (n: number): Buffer => Buffer.from([...plain(n), 1, 2, 3, 4, 5, 6, 7, 8, n, 12, 0xfa, 0xfa]);

const build = ({ verdicts = {} as Record<string, Verdict>, session = null as FrameSession | null } = {}) => {
  const clock = new FakeClock();
  const log: string[] = [];
  const keyless: number[] = [];
  const context = { session, rekeying: false, inForce: session ? 1 : 0 };
  const sink: PacketSink = {
    packet: ({ userId, sequence, opus }) => log.push(`${userId} ${sequence} ${opus.length}`),
    dropped: ({ userId, sequence, reason }) => log.push(`${userId} ${sequence} ${reason}`),
    unattributed: (count) => log.push(`unattributed ${count}`),
    foreign: (count) => log.push(`foreign ${count}`),
    bot: (count) => log.push(`bot ${count}`),
    optedOut: (count) => log.push(`optedOut ${count}`),
  };
  const receiver = new DatagramReceiver({
    clock,
    sink,
    health: new DecryptHealth(),
    verdictOf: (userId) => verdicts[userId] ?? 'record',
    frameContext: (nowMs): FrameContext => ({
      session: context.session,
      negotiation: { ...notNegotiated, inForce: context.inForce },
      rekeying: context.rekeying,
      keyless: context.session?.ready === false,
      nowMs,
    }),
    onKeyless: (arrivalUs) => keyless.push(arrivalUs),
    onDatagram: () => {},
  });
  const socket: Socket = createSocket('udp4');
  socket.unref();
  receiver.attach({ socket, address: server.address, port: server.port });
  receiver.setTransport(transportOpener('aead_aes256_gcm_rtpsize', key));
  const arrive = (bytes: Buffer, from = server) => socket.emit('message', bytes, from);
  return { clock, receiver, log, context, arrive, socket, verdicts, keyless };
};

describe('DatagramReceiver', () => {
  it('takes nothing from anybody but the voice server, and lets go of the socket', () => {
    const { arrive, receiver, log, socket } = build();
    receiver.named(1, 'alice');
    arrive(datagram(1, 1, plain(1)), { ...server, port: 5001 });
    arrive(datagram(1, 1, plain(1)), { ...server, address: '10.0.0.2' });
    arrive(datagram(1, 2, plain(1)));
    assert.deepEqual(log, ['foreign 1', 'foreign 1', 'alice 2 5']);
    receiver[Symbol.dispose]();
    assert.equal(socket.listenerCount('message'), 0);
  });

  it('keeps what nobody is named for yet, and replays it in order', () => {
    const { arrive, receiver, log, clock } = build();
    for (const sequence of [1, 2, 3]) arrive(datagram(9, sequence, plain(sequence)));
    clock.advance(1900);
    receiver.tick();
    assert.deepEqual(log, []);
    receiver.named(9, 'alice');
    assert.deepEqual(log, ['alice 1 5', 'alice 2 5', 'alice 3 5']);
  });

  it('counts as unattributed what nobody is named for within two seconds', () => {
    const { arrive, receiver, log, clock } = build();
    arrive(datagram(9, 1, plain(1)));
    clock.advance(2000);
    receiver.tick();
    receiver.named(9, 'alice');
    assert.deepEqual(log, ['unattributed 1']);
  });

  it('keeps what comes before the transport key', () => {
    const { arrive, receiver, log } = build();
    receiver.setTransport(null);
    receiver.named(1, 'alice');
    arrive(datagram(1, 1, plain(1)));
    assert.deepEqual(log, []);
    receiver.setTransport(transportOpener('aead_aes256_gcm_rtpsize', key));
    assert.deepEqual(log, ['alice 1 5']);
  });

  it('does not decrypt bots and people who opted out', () => {
    const { arrive, receiver, log } = build({
      verdicts: { robot: 'bot', out: 'opted_out' },
      session: { ready: true, canPassthrough: () => false, decrypt: () => assert.fail('decrypted') },
    });
    receiver.named(1, 'robot');
    receiver.named(2, 'out');
    arrive(datagram(1, 1, sealed(1)));
    arrive(datagram(2, 1, sealed(1)));
    assert.deepEqual(log, ['bot 1', 'optedOut 1']);
  });

  it('goes on after a datagram that does not authenticate', () => {
    const { arrive, receiver, log } = build();
    receiver.named(1, 'alice');
    const bad = datagram(1, 1, plain(1));
    bad[14] = (bad[14] as number) ^ 1;
    arrive(bad);
    arrive(datagram(1, 2, plain(2)));
    assert.deepEqual(log, ['alice 1 undecryptable', 'alice 2 5']);
  });

  it('survives datagrams of any length', () => {
    const { arrive, receiver, log } = build();
    receiver.named(1, 'alice');
    for (let bytes = 0; bytes < 80; bytes += 1) arrive(Buffer.alloc(bytes, 0x80));
    arrive(datagram(1, 2, plain(2)));
    assert.ok(log.includes('alice 2 5'));
  });

  it('keeps frames until encryption is ready, and gives them up after two seconds', () => {
    const session = { ready: false, canPassthrough: () => false, decrypt: () => plain(0) };
    const { arrive, receiver, log, clock } = build({ session });
    receiver.named(1, 'alice');
    arrive(datagram(1, 1, sealed(1)));
    clock.advance(1000);
    arrive(datagram(1, 2, sealed(2)));
    clock.advance(1000);
    receiver.tick();
    assert.deepEqual(log, ['alice 1 undecryptable']);
    session.ready = true;
    receiver.retry();
    clock.advance(100);
    receiver.tick();
    assert.deepEqual(log.slice(1), ['alice 2 5']);
  });

  it('tells of frames that came before there were keys, and only when they are lost', () => {
    const session: FrameSession & { ready: boolean } = {
      ready: false,
      canPassthrough: () => false,
      decrypt(_userId, _media, frame) {
        if ((frame[4] as number) < 3) throw new Error('NoValidCryptorFound');
        return frame.subarray(0, 5);
      },
    };
    const { arrive, receiver, log, clock, keyless } = build({ session });
    receiver.named(1, 'alice');
    const cameUs = clock.monotonicUs();
    for (const n of [2, 3]) arrive(datagram(1, n, sealed(n)));
    assert.deepEqual(keyless, []);
    session.ready = true;
    receiver.retry();
    clock.advance(150);
    assert.deepEqual(log, ['alice 2 undecryptable', 'alice 3 5']);
    assert.deepEqual(keyless, [cameUs]);
    arrive(datagram(1, 4, sealed(1)));
    assert.equal(keyless.length, 1, 'what fails while there are keys is another matter');
  });

  it('opens the first frames of a key in the order they were sent', () => {
    const opened: number[] = [];
    const session: FrameSession = {
      ready: true,
      canPassthrough: () => false,
      decrypt(_userId, _media, frame) {
        opened.push(frame[4] as number);
        return frame.subarray(0, 5);
      },
    };
    const { arrive, receiver, clock, log } = build({ session });
    receiver.named(1, 'alice');
    for (const n of [5, 3, 4]) arrive(datagram(1, 0xfffe + n, sealed(n)));
    assert.deepEqual(opened, []);
    clock.advance(150);
    assert.deepEqual(opened, [3, 4, 5]);
    arrive(datagram(1, 0xfffe + 6, sealed(6)));
    assert.equal(log.length, 4);
    assert.equal(clock.timers, 0);
  });

  it('calls the second copy of a packet a duplicate, whatever the encryption says', () => {
    const seen = new Set<number>();
    const session: FrameSession = {
      ready: true,
      canPassthrough: () => false,
      decrypt(_userId, _media, frame) {
        if (seen.has(frame[4] as number)) throw new Error('NoValidCryptorFound');
        seen.add(frame[4] as number);
        return frame.subarray(0, 5);
      },
    };
    const { arrive, receiver, log } = build({ session });
    receiver.named(1, 'alice');
    arrive(datagram(1, 1, sealed(1)));
    arrive(datagram(1, 1, sealed(1)));
    assert.deepEqual(log, ['alice 1 5', 'alice 1 duplicate']);
  });

  it('empties everything that waits of a person who opts out', () => {
    const session = { ready: false, canPassthrough: () => false, decrypt: () => plain(0) };
    const { arrive, receiver, log, verdicts } = build({ session });
    receiver.named(1, 'alice');
    receiver.named(2, 'bob');
    for (const ssrc of [1, 2, 1]) arrive(datagram(ssrc, ssrc, sealed(ssrc)));
    verdicts.alice = 'opted_out';
    assert.equal(receiver.forget('alice'), 2);
    session.ready = true;
    receiver.retry();
    receiver.flush();
    assert.deepEqual(log, ['optedOut 2', 'bob 2 5']);
  });

  it('credits nothing of an old voice server on a new one', () => {
    const { arrive, receiver, log } = build();
    receiver.named(1, 'alice');
    arrive(datagram(5, 1, plain(1)));
    receiver.newServer();
    receiver.setTransport(transportOpener('aead_aes256_gcm_rtpsize', key));
    arrive(datagram(1, 2, plain(2)));
    receiver.named(1, 'bob');
    assert.deepEqual(log, ['unattributed 1', 'bob 2 5']);
  });
});
