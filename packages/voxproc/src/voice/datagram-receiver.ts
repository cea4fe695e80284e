import type { RemoteInfo } from 'node:dgram';
import { type DropReason, readDaveTrailer } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { PacketSink } from '../receive/packet-source.ts';
import type { DecryptHealth } from './decrypt-health.ts';
import { type FrameContext, openFrame } from './frame-decryptor.ts';
import { FreshKeys } from './fresh-keys.ts';
import { HoldQueue } from './hold-queue.ts';
import type { MediaSocket } from './library-seam.ts';
import { OpenedSequences } from './opened-sequences.ts';
import { classifyDatagram, type RtpHeader, stripPayload } from './rtp.ts';
import { SsrcRegistry } from './ssrc-registry.ts';
import type { TransportOpener } from './transport-crypto.ts';

/** Datagrams that may wait for a name: two seconds of forty speakers. */
const MAX_UNNAMED = 4000;
/** Frames that may wait for a key. */
const MAX_UNOPENED = 3000;
const GATHER_TICK_MS = 50;

/** Whether a person may be recorded. Bots, the bot itself and people who opted out are never decrypted. */
export type Verdict = 'record' | 'bot' | 'opted_out';

export interface DatagramReceiverOptions {
  readonly clock: Clock;
  readonly sink: PacketSink;
  readonly health: DecryptHealth;
  readonly verdictOf: (userId: string) => Verdict;
  /** The encryption session as it is now; asked for each frame. */
  readonly frameContext: (nowMs: number) => FrameContext;
  /** A frame is lost that arrived (CLOCK_MONOTONIC, microseconds) while there were no keys for the call at all. */
  readonly onKeyless: (arrivalUs: number) => void;
  /** A datagram of the voice server, for the watchdog. */
  readonly onDatagram: (kind: 'audio' | 'other', nowMs: number) => void;
}

interface Unnamed {
  readonly bytes: Buffer;
  readonly header: RtpHeader;
  readonly arrivalUs: number;
}

interface Unopened {
  readonly frame: Buffer;
  readonly header: RtpHeader;
  readonly arrivalUs: number;
  /** Whether there were no keys for the call when it arrived. */
  readonly keyless: boolean;
}

/**
 * Receives the voice server's datagrams in place of the library's receiver, which loses sequence, time, source and everything it
 * cannot use at once. Each audio packet leaves exactly once: to the sink as packet, drop, or one of its counts, with the arrival it
 * had. What lacks a name or a key waits up to two seconds.
 */
export class DatagramReceiver implements Disposable {
  /** What came that is not audio. */
  readonly counters = { rtcp: 0, otherPayload: 0, notRtp: 0, foreign: 0, unattributed: 0 };
  /** CLOCK_MONOTONIC of the last audio datagram in microseconds, null before the first. */
  lastAudioUs: number | null = null;
  #options: DatagramReceiverOptions;
  #registry = new SsrcRegistry();
  #openedSequences = new OpenedSequences();
  #freshKeys = new FreshKeys();
  #gathered = new Map<string, Unopened[]>();
  #gathering: Disposable | null = null;
  #unnamed: HoldQueue<number, Unnamed>;
  #unopened: HoldQueue<string, Unopened>;
  #media: MediaSocket | null = null;
  #opener: TransportOpener | null = null;

  constructor(options: DatagramReceiverOptions) {
    this.#options = options;
    this.#unnamed = new HoldQueue(MAX_UNNAMED, () => this.#unattributed());
    this.#unopened = new HoldQueue(MAX_UNOPENED, (item, userId) => {
      options.health.failed(userId, this.#nowMs());
      this.#lose(userId, item);
    });
  }

  /** Frames and datagrams that wait. */
  get held(): { readonly unnamed: number; readonly unopened: number; readonly gathered: number } {
    let gathered = 0;
    for (const items of this.#gathered.values()) gathered += items.length;
    return { unnamed: this.#unnamed.size, unopened: this.#unopened.size, gathered };
  }

  /** Listens to the socket of a voice session instead of any before. */
  attach(media: MediaSocket): void {
    this.detach();
    this.#media = media;
    media.socket.on('message', this.#onMessage);
  }

  detach(): void {
    this.#media?.socket.off('message', this.#onMessage);
    this.#media = null;
  }

  /** The transport keys of the voice session are known; null: no longer. */
  setTransport(opener: TransportOpener | null): void {
    this.#opener = opener;
    if (opener === null) return;
    for (const { key, item } of this.#unnamed.takeAll()) this.#received(key, item);
  }

  /** A new voice server gives out SSRCs and keys anew: what still waits for the old ones has no hope. */
  newServer(): void {
    this.setTransport(null);
    for (const [userId, items] of this.#gathered) for (const item of items) this.#lose(userId, item);
    this.#gathered.clear();
    this.#freshKeys.clear();
    this.flush();
    this.#registry.clear();
    this.#openedSequences.clear();
  }

  /** The voice server said whose an SSRC is: what waited for that is used now. */
  named(ssrc: number, userId: string): void {
    if (!this.#registry.name(ssrc, userId)) return;
    for (const item of this.#unnamed.take(ssrc)) this.#received(ssrc, item);
  }

  disconnected(userId: string): void {
    this.#registry.disconnected(userId, this.#nowMs());
    this.#options.health.forget(userId);
  }

  /** The encryption session has changed: tries what waits again. */
  retry(): void {
    if (this.#unopened.size === 0) return;
    for (const { key, item } of this.#unopened.takeAll()) this.#admit(key, item);
  }

  /** Everybody encrypts with a new key from now on. */
  keysChanged(): void {
    this.#freshKeys.changed();
    this.retry();
  }

  /** Empties what waits of a person who opted out. @returns how many frames that were. */
  forget(userId: string): number {
    const gathered = this.#gathered.get(userId)?.length ?? 0;
    this.#gathered.delete(userId);
    this.#freshKeys.forget(userId);
    const waiting = gathered + this.#unopened.take(userId).length;
    if (waiting > 0) this.#options.sink.optedOut(waiting);
    return waiting;
  }

  /** To be called a few times a second: gives up what waited too long. */
  tick(): void {
    const nowUs = this.#options.clock.monotonicUs();
    this.#openDue();
    this.#unnamed.expire(nowUs);
    this.#unopened.expire(nowUs);
  }

  /** Gives up everything that waits, so that the accounts can be closed. */
  flush(): void {
    for (const userId of [...this.#gathered.keys()]) this.#openGathered(userId);
    this.#unnamed.clear();
    this.#unopened.clear();
  }

  [Symbol.dispose](): void {
    this.detach();
    this.flush();
    this.#gathering?.[Symbol.dispose]();
    this.#gathering = null;
  }

  #onMessage = (bytes: Buffer, from: RemoteInfo): void => {
    const { clock, sink, onDatagram } = this.#options;
    const arrivalUs = clock.monotonicUs();
    if (from.port !== this.#media?.port || from.address !== this.#media.address) {
      this.counters.foreign += 1;
      sink.foreign(1);
      return;
    }
    const datagram = classifyDatagram(bytes);
    if (datagram.kind === 'audio') {
      this.lastAudioUs = arrivalUs;
      onDatagram('audio', arrivalUs / 1000);
      this.#received(datagram.header.ssrc, { bytes, header: datagram.header, arrivalUs });
      return;
    }
    onDatagram('other', arrivalUs / 1000);
    if (datagram.kind === 'rtcp') this.counters.rtcp += 1;
    else if (datagram.kind === 'other_payload') this.counters.otherPayload += 1;
    else if (datagram.kind === 'not_rtp') this.counters.notRtp += 1;
  };

  #received(ssrc: number, item: Unnamed): void {
    const userId = this.#registry.userOf(ssrc, this.#nowMs());
    const opener = this.#opener;
    if (userId === undefined || opener === null) {
      this.#unnamed.add(ssrc, item, item.arrivalUs);
      return;
    }
    const { sink, verdictOf } = this.#options;
    const verdict = verdictOf(userId);
    if (verdict === 'bot') sink.bot(1);
    else if (verdict === 'opted_out') sink.optedOut(1);
    else this.#decrypt(userId, item, opener);
  }

  #decrypt(userId: string, item: Unnamed, opener: TransportOpener): void {
    const { bytes, header, arrivalUs } = item;
    const plaintext = opener.open(bytes, header.headerBytes);
    if (plaintext === null) {
      this.#drop(userId, item, 'undecryptable');
      return;
    }
    const payload = stripPayload(plaintext, header);
    if (payload.kind === 'payload') {
      this.#admit(userId, { frame: payload.bytes, header, arrivalUs, keyless: false });
    } else {
      this.#drop(userId, item, payload.kind);
    }
  }

  /** Opens a frame, or gathers it when it is among the first of a key. */
  #admit(userId: string, item: Unopened): void {
    const { clock } = this.#options;
    const trailer = readDaveTrailer(item.frame);
    const { session } = this.#options.frameContext(0);
    if (trailer === null || session?.ready !== true) {
      this.#open(userId, item);
      return;
    }
    const admission = this.#freshKeys.admit(userId, trailer.nonce, clock.monotonicUs());
    if (admission === 'open') {
      this.#open(userId, item);
      return;
    }
    const gathered = this.#gathered.get(userId);
    if (gathered) gathered.push(item);
    else {
      this.#gathered.set(userId, [item]);
      this.#gathering ??= clock.setInterval(() => this.#openDue(), GATHER_TICK_MS);
    }
    if (admission === 'flush') this.#openGathered(userId);
  }

  #openDue(): void {
    for (const userId of this.#freshKeys.due(this.#options.clock.monotonicUs())) this.#openGathered(userId);
    if (this.#gathered.size > 0) return;
    this.#gathering?.[Symbol.dispose]();
    this.#gathering = null;
  }

  #openGathered(userId: string): void {
    const gathered = this.#gathered.get(userId) ?? [];
    this.#gathered.delete(userId);
    this.#freshKeys.settled(userId);
    for (const item of gathered.toSorted(bySequence)) this.#open(userId, item);
  }

  #open(userId: string, item: Unopened): void {
    const { health, sink, frameContext } = this.#options;
    const nowMs = this.#nowMs();
    const { sequence, timestamp, ssrc } = item.header;
    const context = frameContext(nowMs);
    const opened = openFrame(item.frame, userId, context);
    if (opened.kind === 'opus') {
      if (opened.decrypted) {
        health.opened(userId, nowMs);
        this.#openedSequences.add(ssrc, sequence);
      }
      sink.packet({ userId, ssrc, sequence, timestamp, arrivalUs: item.arrivalUs, opus: opened.opus });
    } else if (opened.kind === 'wait') {
      this.#unopened.add(userId, context.keyless ? { ...item, keyless: true } : item, item.arrivalUs);
    } else if (opened.reason === 'undecryptable' && this.#openedSequences.has(ssrc, sequence)) {
      this.#drop(userId, item, 'duplicate');
    } else if (opened.reason === 'undecryptable') {
      health.failed(userId, nowMs);
      this.#lose(userId, item);
    } else {
      this.#drop(userId, item, opened.reason);
    }
  }

  /** Gives up a frame no key opens. */
  #lose(userId: string, item: Unopened): void {
    if (item.keyless) this.#options.onKeyless(item.arrivalUs);
    this.#drop(userId, item, 'undecryptable');
  }

  #drop(userId: string, { header, arrivalUs }: { header: RtpHeader; arrivalUs: number }, reason: DropReason): void {
    const { sequence, timestamp, ssrc } = header;
    this.#options.sink.dropped({ userId, ssrc, sequence, timestamp, arrivalUs, reason });
  }

  #unattributed(): void {
    this.counters.unattributed += 1;
    this.#options.sink.unattributed(1);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }
}

/** Order of sending: sequence numbers of 16 bits that may wrap. */
const bySequence = (a: Unopened, b: Unopened): number => {
  const ahead = (a.header.sequence - b.header.sequence) & 0xffff;
  return ahead < 0x8000 ? ahead : ahead - 0x1_0000;
};
