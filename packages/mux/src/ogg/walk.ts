import { statSync } from 'node:fs';
import { hasDaveTrailer } from './dave-trailer.ts';
import type { OpusHead, OpusTags } from './opus-headers.ts';
import type { OggDamage, OpusEvent, OpusPacket } from './opus-stream.ts';
import { readOpusBytes, readOpusFileSync } from './read-opus.ts';
import { isConcealmentPacket, isSilencePacket, isSpeechPacket } from './silence.ts';

/** Silence of this length (60 ms) ends a talk-spurt: there a fill may grow or shrink without being heard. */
export const SPURT_GAP_SAMPLES = 2880;

/** A talk-spurt of a file in granule positions: from its first packet that is not silence to the end of its last. */
export interface Spurt {
  readonly from: number;
  readonly samples: number;
  /** In long ones: where it may be cut, in order: the smallest packet of every 10 s, for there the least is heard. Granule positions. */
  readonly thin?: readonly number[];
}

/** A talk-spurt of 20 s is a long one. */
const LONG_SPURT_SAMPLES = 20 * 48_000;
/** One place of so many samples to cut a long one: 10 s. */
const THIN_SAMPLES = 10 * 48_000;

/** Everything one pass over an Ogg Opus file tells. Samples are 48 kHz. */
export interface OpusWalk {
  readonly fileBytes: number;
  readonly pages: number;
  readonly head: OpusHead | null;
  readonly tags: OpusTags | null;
  readonly packets: number;
  /** Sum of all packets' durations, pre-skip not subtracted. */
  readonly samples: number;
  readonly speech: { readonly packets: number; readonly samples: number };
  readonly silence: { readonly packets: number; readonly samples: number };
  readonly concealed: { readonly packets: number; readonly samples: number };
  /** Packets that are no valid Opus. */
  readonly invalidPackets: number;
  /** Packets that end like end-to-end encrypted frames. */
  readonly ciphertextTails: number;
  readonly spurts: readonly Spurt[];
  /** Granule of the last page, null without one. */
  readonly lastGranule: number | null;
  /** Whether the last page carries the end-of-stream flag. */
  readonly ended: boolean;
  /** End of the last intact page of the stream: where a repair cuts. */
  readonly intactBytes: number;
  /** The last intact page with audio, null when there is none. */
  readonly lastAudioPage: { readonly offset: number; readonly length: number } | null;
  readonly damage: readonly OggDamage[];
}

const countInto = (tally: { packets: number; samples: number }, packet: OpusPacket): void => {
  tally.packets += 1;
  tally.samples += packet.samples;
};

/** Collects talk-spurts from packets in order. */
class SpurtFinder {
  readonly #spurts: { from: number; samples: number; thin?: readonly number[] }[] = [];
  /** The smallest packet of each stretch of the last talk-spurt. */
  #thin: { readonly from: number; readonly bytes: number }[] = [];

  get spurts(): readonly Spurt[] {
    this.#endSpurt();
    return this.#spurts;
  }

  add(packet: OpusPacket): void {
    const last = this.#spurts.at(-1);
    if (last === undefined || packet.position - (last.from + last.samples) >= SPURT_GAP_SAMPLES) {
      this.#endSpurt();
      this.#spurts.push({ from: packet.position, samples: packet.samples });
      return;
    }
    last.samples = packet.position + packet.samples - last.from;
    const stretch = Math.floor((packet.position - last.from) / THIN_SAMPLES);
    if (packet.data.length < (this.#thin[stretch]?.bytes ?? Number.POSITIVE_INFINITY)) {
      this.#thin[stretch] = { from: packet.position, bytes: packet.data.length };
    }
  }

  #endSpurt(): void {
    const last = this.#spurts.at(-1);
    if (last !== undefined && last.samples >= LONG_SPURT_SAMPLES) {
      last.thin = this.#thin.filter((place) => place !== undefined).map(({ from }) => from);
    }
    this.#thin = [];
  }
}

/**
 * Walks all pages of a file, however damaged, in flat memory and with blocking reads (a minute of speech takes about 1 ms).
 * @throws the file system's error when the file cannot be read
 */
export const walkOpusFile = (path: string): OpusWalk => {
  const walked = walkEvents(readOpusFileSync(path));
  return { ...walked, fileBytes: statSync(path).size };
};

/** The same over bytes in memory. */
export const walkOpusBytes = (bytes: Buffer): OpusWalk => ({
  ...walkEvents(readOpusBytes(bytes)),
  fileBytes: bytes.length,
});

const walkEvents = (events: Iterable<OpusEvent>): Omit<OpusWalk, 'fileBytes'> => {
  const [speech, silence, concealed] = [
    { packets: 0, samples: 0 },
    { packets: 0, samples: 0 },
    { packets: 0, samples: 0 },
  ];
  const finder = new SpurtFinder();
  const damage: OggDamage[] = [];
  let [head, tags]: [OpusHead | null, OpusTags | null] = [null, null];
  let [pages, packets, samples, invalidPackets, ciphertextTails] = [0, 0, 0, 0, 0];
  let lastGranule: number | null = null;
  let ended = false;
  let intactBytes = 0;
  let lastAudioPage: OpusWalk['lastAudioPage'] = null;

  for (const event of events) {
    switch (event.type) {
      case 'head':
        head = event.head;
        break;
      case 'tags':
        tags = event.tags;
        break;
      case 'damage':
        damage.push(event.damage);
        break;
      case 'page': {
        const { page } = event;
        pages += 1;
        intactBytes = page.offset + page.length;
        ended = page.eos;
        lastGranule = page.granule ?? lastGranule;
        if (event.packets.length > 0) {
          lastAudioPage = { offset: page.offset, length: page.length };
        }
        for (const packet of event.packets) {
          packets += 1;
          samples += packet.samples;
          if (packet.samples === 0) {
            invalidPackets += 1;
          } else if (isSilencePacket(packet.data)) {
            countInto(silence, packet);
          } else {
            finder.add(packet);
            if (isConcealmentPacket(packet.data)) {
              countInto(concealed, packet);
            } else if (isSpeechPacket(packet.data)) {
              countInto(speech, packet);
              ciphertextTails += hasDaveTrailer(packet.data) ? 1 : 0;
            }
          }
        }
      }
    }
  }
  const found = { head, tags, speech, silence, concealed, damage, spurts: finder.spurts };
  return {
    ...found,
    ...{ pages, packets, samples, invalidPackets, ciphertextTails },
    ...{ lastGranule, ended, intactBytes, lastAudioPage },
  };
};

/** Damage in the middle of a file. A torn tail is not: a repair cuts it off and nothing that was whole is lost. */
export const innerDamage = (walk: OpusWalk): readonly OggDamage[] =>
  walk.damage.filter((damage) => damage.offset < walk.intactBytes);
