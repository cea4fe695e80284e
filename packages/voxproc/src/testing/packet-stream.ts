import type { MediaPacket } from '../receive/packet-source.ts';

/** TOC bytes of one frame by its length in milliseconds, mono (RFC 6716 §3.1): CELT fullband up to 20 ms, SILK wideband above. */
const tocOf = {
  2.5: 0xe0,
  5: 0xe8,
  10: 0xf0,
  20: 0xf8,
  40: 0x50,
  60: 0x58,
} as const satisfies Record<number, number>;

/** Frame lengths a sender may use, in milliseconds. */
export type FrameMs = keyof typeof tocOf;

const STEREO = 0x04;
const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);
const SAMPLES_PER_MS = 48;

/** A small seeded generator of numbers in [0, 1): mulberry32. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
};

/** What a sender's network does to its packets. Probabilities per packet, times in milliseconds. */
export interface Network {
  /** Constant one-way delay. */
  readonly delayMs: number;
  /** Mean of the exponential delay on top; order is kept. */
  readonly jitterMs: number;
  readonly loss: number;
  /** Packets lost together. */
  readonly burst: number;
  readonly duplicate: number;
  /** Chance that a packet comes later by up to 60 ms, behind others. */
  readonly reorder: number;
  /** A queue on the way: in the middle of each `everyMs` all packets are late by `lateMs`, for `forMs`. */
  readonly queue?: { readonly everyMs: number; readonly forMs: number; readonly lateMs: number };
}

export const perfectNetwork: Network = { delayMs: 20, jitterMs: 0, loss: 0, burst: 1, duplicate: 0, reorder: 0 };

/** One simulated speaker. Times on the receiver's monotonic clock. */
export interface SpeakerModel {
  readonly userId: string;
  readonly ssrc: number;
  readonly seed: number;
  readonly startUs: number;
  readonly durationMs: number;
  readonly network: Network;
  /** How much slower (> 0) the sender's clock runs than the receiver's, in parts per million. */
  readonly ppm: number;
  /** Frame lengths, used in turn. */
  readonly frames: readonly FrameMs[];
  readonly stereo: boolean;
  /** Lengths of talk-spurts and of the pauses between them, `[shortest, longest]` in milliseconds. */
  readonly speechMs: readonly [number, number];
  readonly pauseMs: readonly [number, number];
  /** Whether RTP time stands still in pauses instead of going on. */
  readonly frozenRtp: boolean;
  readonly firstSequence: number;
  readonly firstTimestamp: number;
  /** RTP timestamp jumps by `samples` at `atMs`, and again each `everyMs` after that where it is given. */
  readonly timestampJump: { readonly atMs: number; readonly samples: number; readonly everyMs?: number } | null;
  /** The voice server gives another SSRC with other numbers this often, in milliseconds of speech time; null: never. */
  readonly ssrcEveryMs: number | null;
  /** Bytes of a speech packet, `[shortest, longest]`; 8 at least. */
  readonly bytes: readonly [number, number];
}

export const plainSpeaker: Omit<SpeakerModel, 'userId' | 'ssrc'> = {
  seed: 1,
  startUs: 0,
  durationMs: 10_000,
  network: perfectNetwork,
  ppm: 0,
  frames: [20],
  stereo: true,
  speechMs: [800, 4000],
  pauseMs: [120, 2500],
  frozenRtp: false,
  firstSequence: 0,
  firstTimestamp: 0,
  timestampJump: null,
  ssrcEveryMs: null,
  bytes: [40, 100],
};

/** A packet that arrives, and what is true of it. */
export interface SentPacket {
  readonly packet: MediaPacket;
  /** When its first sample was spoken, microseconds of the receiver's clock, without any delay. */
  readonly spokenUs: number;
  /** Its number among the speaker's packets; a speech packet carries it, see `packetIndex`. */
  readonly index: number;
  readonly speech: boolean;
}

/** A speech packet of one frame that carries `index`, `bytes` long (8 at least). */
export const speechPacket = (index: number, frameMs: FrameMs = 20, stereo = true, bytes = 60): Uint8Array => {
  const packet = new Uint8Array(Math.max(8, bytes)).fill(0x55);
  packet[0] = tocOf[frameMs] | (stereo ? STEREO : 0);
  new DataView(packet.buffer).setUint32(1, index);
  packet[5] = 0xa7;
  return packet;
};

/** The index a packet of `speechPacket` carries, null for any other. */
export const packetIndex = (packet: Uint8Array): number | null =>
  packet.length >= 8 && packet[5] === 0xa7 ? new DataView(packet.buffer, packet.byteOffset).getUint32(1) : null;

interface Frame {
  /** Sender's media time in samples since its start. */
  readonly media: number;
  readonly frameMs: FrameMs;
  readonly speech: boolean;
  /** Samples by which RTP lags media time. */
  readonly frozen: number;
}

/** The frames a speaker sends: talk-spurts with five silence frames at their end, nothing in pauses. */
function* framesOf(model: SpeakerModel, random: () => number): Generator<Frame> {
  const between = ([low, high]: readonly [number, number]) => low + random() * (high - low);
  const end = model.durationMs * SAMPLES_PER_MS;
  let media = 0;
  let frozen = 0;
  let turn = 0;
  while (media < end) {
    const spurtEnd = Math.min(end, media + between(model.speechMs) * SAMPLES_PER_MS);
    while (media < spurtEnd) {
      const frameMs = model.frames[turn % model.frames.length] ?? 20;
      turn += 1;
      yield { media, frameMs, speech: true, frozen };
      media += frameMs * SAMPLES_PER_MS;
    }
    for (let trailing = 0; trailing < 5; trailing += 1) {
      yield { media, frameMs: 20, speech: false, frozen };
      media += 20 * SAMPLES_PER_MS;
    }
    const pause = Math.round((between(model.pauseMs) * SAMPLES_PER_MS) / 960) * 960;
    media += pause;
    if (model.frozenRtp) frozen += pause;
  }
}

/** SSRC, first sequence number and first timestamp of a speaker, as the voice server gave them out last. */
class Numbering {
  readonly #model: SpeakerModel;
  readonly #random: () => number;
  #epoch = 0;
  #from = 0;
  ssrc: number;
  #sequence: number;
  #timestamp: number;

  constructor(model: SpeakerModel) {
    this.#model = model;
    this.#random = seededRandom(model.seed ^ 0x5eed);
    this.ssrc = model.ssrc;
    this.#sequence = model.firstSequence;
    this.#timestamp = model.firstTimestamp;
  }

  /** To be called with each frame in turn. */
  at(media: number, index: number): void {
    const { ssrcEveryMs, ssrc } = this.#model;
    const epoch = ssrcEveryMs === null ? 0 : Math.floor(media / SAMPLES_PER_MS / ssrcEveryMs);
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#from = index;
    this.ssrc = ssrc + epoch * 100;
    this.#sequence = Math.floor(this.#random() * 0x1_0000);
    this.#timestamp = Math.floor(this.#random() * 0x1_0000_0000);
  }

  sequence(index: number): number {
    return (this.#sequence + index - this.#from) & 0xffff;
  }

  timestamp(rtp: number): number {
    const sum = this.#timestamp + rtp;
    return sum - Math.floor(sum / 0x1_0000_0000) * 0x1_0000_0000;
  }
}

const queuedMs = ({ queue }: Network, media: number): number => {
  if (queue === undefined) return 0;
  const at = (media / SAMPLES_PER_MS) % queue.everyMs;
  const from = queue.everyMs / 2;
  return at >= from && at < from + queue.forMs ? queue.lateMs : 0;
};

const jumpedAt = ({ timestampJump: jump }: SpeakerModel, media: number): number => {
  if (jump === null || media < jump.atMs * SAMPLES_PER_MS) return 0;
  if (jump.everyMs === undefined) return jump.samples;
  return jump.samples * (1 + Math.floor((media / SAMPLES_PER_MS - jump.atMs) / jump.everyMs));
};

/** The packets of a speaker that arrive, one by one in order of arrival: hours of them need no memory. */
export function* packetStream(model: SpeakerModel): Generator<SentPacket, void, undefined> {
  const random = seededRandom(model.seed);
  const { network } = model;
  const numbering = new Numbering(model);
  const [fewest, most] = model.bytes;
  /** Packets on their way, by arrival. */
  const underway: SentPacket[] = [];
  const send = (sent: SentPacket): void => {
    let at = underway.length;
    while (at > 0 && (underway[at - 1] as SentPacket).packet.arrivalUs > sent.packet.arrivalUs) at -= 1;
    underway.splice(at, 0, sent);
  };
  let index = 0;
  let lastArrival = 0;
  let lostLeft = 0;
  for (const frame of framesOf(model, random)) {
    const spokenUs = model.startUs + (frame.media / SAMPLES_PER_MS) * 1000 * (1 + model.ppm / 1e6);
    const sentUs = spokenUs + frame.frameMs * 1000;
    const jitterUs = -Math.log(1 - random()) * network.jitterMs * 1000;
    const delayMs = network.delayMs + queuedMs(network, frame.media);
    const inOrder = Math.max(lastArrival, sentUs + delayMs * 1000 + jitterUs);
    lastArrival = inOrder;
    while (underway.length > 0 && (underway[0] as SentPacket).packet.arrivalUs < inOrder - 1) {
      yield underway.shift() as SentPacket;
    }
    const late = random() < network.reorder ? random() * 60_000 : 0;
    if (lostLeft === 0 && random() < network.loss / network.burst) lostLeft = network.burst;
    const twice = random() < network.duplicate;
    numbering.at(frame.media, index);
    const bytes = fewest + Math.floor(random() * (most - fewest));
    const sent: SentPacket = {
      packet: {
        userId: model.userId,
        ssrc: numbering.ssrc,
        sequence: numbering.sequence(index),
        timestamp: numbering.timestamp(frame.media - frame.frozen + jumpedAt(model, frame.media)),
        arrivalUs: Math.round(inOrder + late),
        opus: frame.speech ? speechPacket(index, frame.frameMs, model.stereo, bytes) : SILENCE,
      },
      spokenUs,
      index,
      speech: frame.speech,
    };
    index += 1;
    if (lostLeft > 0) {
      lostLeft -= 1;
      continue;
    }
    send(sent);
    if (twice) send({ ...sent, packet: { ...sent.packet, arrivalUs: sent.packet.arrivalUs + 3000 } });
  }
  yield* underway;
}

/** All packets of a speaker that arrive, in order of arrival. */
export const packetsOf = (model: SpeakerModel): SentPacket[] => [...packetStream(model)];

/** A stretch in which the receiving event loop stood still: everything that came meanwhile is seen at its end. */
export type Stall = readonly [fromUs: number, toUs: number];

/** The packets of several speakers as one receiver sees them, one by one in order of arrival. */
export function* mergeStreams(
  speakers: readonly Iterable<SentPacket>[],
  stalls: readonly Stall[] = [],
): Generator<SentPacket, void, undefined> {
  const streams = speakers.map((packets) => packets[Symbol.iterator]());
  const next = streams.map((stream) => stream.next().value as SentPacket | undefined);
  let stalled = 0;
  for (;;) {
    let first = -1;
    for (let at = 0; at < next.length; at += 1) {
      const packet = next[at]?.packet;
      if (packet !== undefined && (first < 0 || packet.arrivalUs < (next[first] as SentPacket).packet.arrivalUs))
        first = at;
    }
    const sent = next[first];
    if (sent === undefined) return;
    next[first] = streams[first]?.next().value as SentPacket | undefined;
    const { arrivalUs } = sent.packet;
    while (stalled < stalls.length && arrivalUs >= (stalls[stalled] as Stall)[1]) stalled += 1;
    const stall = stalls[stalled];
    if (stall === undefined || arrivalUs < stall[0]) yield sent;
    else yield { ...sent, packet: { ...sent.packet, arrivalUs: stall[1] } };
  }
}

/** The same, all at once. `stalls` in order of time. */
export const mergePackets = (speakers: readonly SentPacket[][], stalls: readonly Stall[] = []): SentPacket[] => [
  ...mergeStreams(speakers, stalls),
];
