import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { hasDaveTrailer, readDaveTrailer } from '@parley/mux';
import { FakeClock } from '@parley/protocol/testing';
import type { Prng } from '@parley/sim';
import {
  classifyDatagram,
  DatagramReceiver,
  DecryptHealth,
  type FrameSession,
  notNegotiated,
  openFrame,
  stripPayload,
  transportModes,
  transportOpener,
} from '@parley/voxproc/testing';
import { fuzz } from './fuzz.ts';
import { mutate, pick } from './mutate.ts';

const key = Buffer.alloc(32, 7);
const server = { address: '10.0.0.1', port: 5000, family: 'IPv4' as const, size: 0 };
const [alice, bob, robot, out] = ['alice', 'bob', 'robot', 'out'];
const people = [alice, bob, robot, out] as const;

const uleb = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...uleb(value >>> 7)]);

/** A frame with the structure of an end-to-end encrypted one. */
const sealed = (chance: Prng): Buffer => {
  const nonce = uleb(chance.int(0, 2 ** 31 - 1));
  const trailer = [...chance.bytes(8), ...nonce, 8 + nonce.length + 3, 0xfa, 0xfa];
  return Buffer.concat([chance.bytes(chance.int(1, 120)), Buffer.from(trailer)]);
};

/** A datagram of the voice server: any header, payload of any bytes, sealed with the session's key. */
const datagram = (chance: Prng, frame: Buffer): Buffer => {
  const [csrcs, words, padded] = [chance.chance(80) ? 0 : chance.int(0, 15), chance.int(0, 3), chance.chance(20)];
  const extended = chance.chance(60);
  const header = Buffer.alloc(12 + 4 * csrcs + (extended ? 4 : 0));
  header[0] = 0x80 | csrcs | (extended ? 0x10 : 0) | (padded ? 0x20 : 0);
  header[1] = 0x78;
  header.writeUInt16BE(chance.int(0, 0xffff), 2);
  header.writeUInt32BE(chance.int(0, 2 ** 32 - 1), 4);
  header.writeUInt32BE(chance.int(1, 6), 8);
  if (extended) header.writeUInt16BE(words, header.length - 2);
  const body = Buffer.concat([extended ? Buffer.alloc(4 * words) : Buffer.alloc(0), frame]);
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(chance.int(0, 2 ** 32 - 1));
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(header);
  return Buffer.concat([header, cipher.update(body), cipher.final(), cipher.getAuthTag(), nonce.subarray(0, 4)]);
};

const arriving = (chance: Prng): Buffer => {
  if (chance.chance(10)) return chance.bytes(chance.int(0, 100));
  const frame = chance.chance(60) ? sealed(chance) : chance.bytes(chance.int(0, 60));
  const whole = datagram(chance, chance.chance(20) ? mutate(chance, frame) : frame);
  return chance.chance(30) ? mutate(chance, whole) : whole;
};

fuzz(
  'headers of any bytes are told apart, and what is stripped lies within',
  { short: 20_000, long: 1_000_000 },
  (chance) => {
    const bytes = arriving(chance);
    const found = classifyDatagram(bytes);
    if (found.kind !== 'audio') return;
    const { header } = found;
    assert.ok(header.headerBytes >= 12 && header.headerBytes <= 76 && header.extensionBytes <= 4 * 0xffff);
    for (const mode of transportModes) {
      const plain = transportOpener(mode, key).open(bytes, header.headerBytes);
      if (mode !== 'aead_aes256_gcm_rtpsize') assert.equal(plain, null);
    }
    const plaintext = chance.bytes(chance.int(0, 80));
    const payload = stripPayload(plaintext, header);
    if (payload.kind === 'payload') assert.ok(payload.bytes.length > 0 && payload.bytes.length <= plaintext.length);
  },
);

fuzz(
  'trailers: every real one is known, and none leaves as audio without being decrypted',
  { short: 40_000, long: 2_000_000 },
  (chance) => {
    const real = sealed(chance);
    assert.ok(readDaveTrailer(real) !== null && hasDaveTrailer(real));
    const frame = mutate(chance, real);
    const trailer = readDaveTrailer(frame);
    if (hasDaveTrailer(frame)) assert.notEqual(trailer, null);
    if (trailer !== null) {
      assert.ok(trailer.bytes > 11 && trailer.bytes < frame.length);
      assert.ok(trailer.nonce >= 0 && trailer.nonce < 2 ** 32);
    }
    const negotiation = { ...notNegotiated, inForce: chance.int(0, 1) };
    const opened = openFrame(frame, alice, {
      session: null,
      negotiation,
      rekeying: chance.chance(50),
      keyless: false,
      nowMs: 1,
    });
    if (opened.kind !== 'opus') return;
    const isSilence = frame.equals(Buffer.from([0xf8, 0xff, 0xfe]));
    assert.ok(trailer === null && (negotiation.inForce === 0 || isSilence), frame.toString('hex'));
  },
);

/** A receiver whose sink counts, on a socket nobody sends to. */
const build = (session: FrameSession | null) => {
  const clock = new FakeClock();
  const counts = { packets: 0, dropped: 0, unattributed: 0, foreign: 0, bots: 0, optedOut: 0, audio: 0 };
  const receiver = new DatagramReceiver({
    clock,
    sink: {
      packet: ({ userId, opus }) => {
        assert.ok(opus.length > 0 && (userId === alice || userId === bob), userId);
        counts.packets += 1;
      },
      dropped: ({ userId }) => {
        assert.ok(userId === alice || userId === bob, userId);
        counts.dropped += 1;
      },
      unattributed: (count) => {
        counts.unattributed += count;
      },
      foreign: (count) => {
        counts.foreign += count;
      },
      bot: (count) => {
        counts.bots += count;
      },
      optedOut: (count) => {
        counts.optedOut += count;
      },
    },
    health: new DecryptHealth(),
    verdictOf: (userId) => (userId === robot ? 'bot' : userId === out ? 'opted_out' : 'record'),
    frameContext: (nowMs) => ({
      session,
      negotiation: { ...notNegotiated, inForce: session ? 1 : 0 },
      rekeying: false,
      keyless: false,
      nowMs,
    }),
    onKeyless: () => undefined,
    onDatagram: (kind) => {
      if (kind === 'audio') counts.audio += 1;
    },
  });
  const socket = createSocket('udp4').unref();
  receiver.attach({ socket, address: server.address, port: server.port });
  return { clock, receiver, socket, counts };
};

fuzz(
  'each datagram leaves the receiver once, under one name, whatever comes and in whatever state',
  { short: 400, long: 20_000 },
  (chance) => {
    let ready = false;
    const session: FrameSession = {
      get ready() {
        return ready;
      },
      canPassthrough: () => chance.chance(20),
      decrypt(_userId, _media, frame) {
        if (chance.chance(40)) throw new Error(pick(chance, ['NoValidCryptorFound', 'NoDecryptorForUser', 'NotReady']));
        return frame.subarray(0, Math.max(1, frame.length - 12));
      },
    };
    const { clock, receiver, socket, counts } = build(chance.chance(70) ? session : null);
    const steps: readonly (() => void)[] = [
      () => receiver.named(chance.int(1, 6), pick(chance, people)),
      () => receiver.disconnected(pick(chance, people)),
      () => receiver.setTransport(chance.chance(80) ? transportOpener('aead_aes256_gcm_rtpsize', key) : null),
      () => receiver.newServer(),
      () => {
        ready = !ready;
      },
      () => receiver.retry(),
      () => receiver.keysChanged(),
      () => void receiver.forget(pick(chance, people)),
      () => clock.advance(chance.int(0, 900)),
      () => receiver.tick(),
    ];
    let foreign = 0;
    for (let times = 0; times < 300; times += 1) {
      if (chance.chance(12)) pick(chance, steps)();
      const isForeign = chance.chance(3);
      foreign += isForeign ? 1 : 0;
      socket.emit('message', arriving(chance), isForeign ? { ...server, port: 5001 } : server);
    }
    receiver[Symbol.dispose]();
    socket.close();
    assert.deepEqual(receiver.held, { unnamed: 0, unopened: 0, gathered: 0 });
    assert.equal(clock.timers, 0);
    assert.equal(counts.foreign, foreign);
    const { packets, dropped, unattributed, bots, optedOut, audio } = counts;
    assert.equal(packets + dropped + unattributed + bots + optedOut, audio, JSON.stringify(counts));
  },
);
