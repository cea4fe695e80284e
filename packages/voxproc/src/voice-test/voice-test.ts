import { isSpeechPacket, opusPacketSamples } from '@parley/mux';
import { type Clock, ProtocolError, type RequestParams, type RequestResult } from '@parley/protocol';
import type { SoundPlayer } from '../playback/sound/sound-player.ts';
import type { DroppedPacket, MediaPacket, PacketSink } from '../receive/packet-source.ts';
import { type Arranged, arrange, FRAME_SAMPLES, type HeardPacket } from './arrange.ts';

/** How long the first word is waited for, milliseconds. */
export const firstWordMs = 10_000;
/** Silence after speech that ends the test early, milliseconds. */
export const silenceMs = 1_500;
const FRAME_MS = FRAME_SAMPLES / 48;
/** Packets kept at most, pauses left out: more than 5 s cannot be. */
const MAX_PACKETS = 300;

export type VoiceTestParams = RequestParams<'supervisor', 'voice.test'>;
export type VoiceTestResult = RequestResult<'supervisor', 'voice.test'>;

interface Listening {
  readonly userId: string;
  readonly maxMs: number;
  readonly heard: HeardPacket[];
  unusable: number;
  deadline: Disposable | null;
  silence: Disposable | null;
  readonly done: PromiseWithResolvers<void>;
}

export interface VoiceTestOptions {
  readonly clock: Clock;
  readonly player: Pick<SoundPlayer, 'playFrames'>;
}

/**
 * Plays back to a person what was heard of them. It listens beside the recorder, to what was decrypted and attributed; packets are kept
 * in memory only, for the one who asked, and let go of when they have been played or the person is no longer to be heard.
 */
export class VoiceTest implements Disposable {
  #options: VoiceTestOptions;
  #listening: Listening | null = null;
  #playing: { readonly userId: string; readonly taken: AbortController } | null = null;
  #isBusy = false;
  #over = false;

  constructor(options: VoiceTestOptions) {
    this.#options = options;
  }

  /** A sink that hands everything on, and lets the test listen. */
  beside(sink: PacketSink): PacketSink {
    return {
      packet: (packet) => {
        sink.packet(packet);
        this.#packet(packet);
      },
      dropped: (packet) => {
        sink.dropped(packet);
        this.#dropped(packet);
      },
      unattributed: (count) => sink.unattributed(count),
      foreign: (count) => sink.foreign(count),
      bot: (count) => sink.bot(count),
      optedOut: (count) => sink.optedOut(count),
    };
  }

  /**
   * Listens to one person, then plays it back.
   * @throws ProtocolError `busy` while another test runs; `aborted` when the session ends, the channel is left, or the person goes or opts
   * out; those of playing.
   */
  async run({ userId, maxMs }: VoiceTestParams): Promise<VoiceTestResult> {
    if (this.#isBusy) throw new ProtocolError('busy', 'voice.test: somebody else is being tested right now');
    this.#isBusy = true;
    try {
      const { heard, unusable } = await this.#listen(userId, maxMs);
      const { frames, lost } = arrange(heard, Math.floor(maxMs / FRAME_MS));
      const heardFrames = frames.filter((frame) => frame !== null).length;
      const said = { heardMs: heardFrames * FRAME_MS, received: heard.length + unusable, lost, unusable };
      if (heardFrames === 0) return { ...said, playedMs: 0 };
      const { playedMs } = await this.#play(userId, frames);
      return { ...said, playedMs };
    } finally {
      this.#isBusy = false;
    }
  }

  /** Lets go of what was heard of a person who may not be heard any more, or is not there to hear it. */
  forget(userId: string): void {
    const words = 'voice.test: the person has gone, or is not to be heard any more';
    if (this.#listening?.userId === userId || this.#playing?.userId === userId) this.#abort(words);
  }

  /** Another channel: those who sit there shall not hear what was said in this one. */
  channelLeft(): void {
    this.#abort('voice.test: the channel was left');
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.#abort('voice.test: the session has ended');
  }

  #abort(words: string): void {
    const error = new ProtocolError('aborted', words);
    this.#playing?.taken.abort(error);
    const listening = this.#listening;
    if (listening === null) return;
    listening.heard.length = 0;
    this.#end(listening, error);
  }

  async #play(userId: string, frames: Arranged['frames']): Promise<{ playedMs: number }> {
    const taken = new AbortController();
    this.#playing = { userId, taken };
    try {
      const buffers = frames.map((frame) => frame && Buffer.from(frame));
      return await this.#options.player.playFrames(buffers, taken.signal);
    } finally {
      this.#playing = null;
    }
  }

  async #listen(userId: string, maxMs: number): Promise<{ heard: readonly HeardPacket[]; unusable: number }> {
    if (this.#over) throw new ProtocolError('aborted', 'voice.test: the session has ended');
    const listening: Listening = {
      userId,
      maxMs,
      heard: [],
      unusable: 0,
      deadline: null,
      silence: null,
      done: Promise.withResolvers<void>(),
    };
    this.#listening = listening;
    listening.deadline = this.#options.clock.setTimeout(() => this.#end(listening), firstWordMs);
    await listening.done.promise;
    return listening;
  }

  #packet({ userId, timestamp, opus }: MediaPacket): void {
    const listening = this.#listening;
    if (listening?.userId !== userId) return;
    // What follows a client's speech as silence is not what the person wants to hear again.
    if (!isSpeechPacket(opus)) return;
    if (opusPacketSamples(opus) !== FRAME_SAMPLES || listening.heard.length >= MAX_PACKETS) {
      listening.unusable += 1;
      return;
    }
    if (listening.heard.length === 0) this.#restart(listening, 'deadline', listening.maxMs);
    // A copy of its own: `slice` of a Buffer would be a view of it.
    listening.heard.push({ timestamp, opus: Uint8Array.from(opus) });
    this.#restart(listening, 'silence', silenceMs);
  }

  #dropped({ userId }: DroppedPacket): void {
    if (this.#listening?.userId === userId) this.#listening.unusable += 1;
  }

  #restart(listening: Listening, which: 'deadline' | 'silence', ms: number): void {
    listening[which]?.[Symbol.dispose]();
    listening[which] = this.#options.clock.setTimeout(() => this.#end(listening), ms);
  }

  #end(listening: Listening, error?: ProtocolError): void {
    if (this.#listening !== listening) return;
    this.#listening = null;
    listening.deadline?.[Symbol.dispose]();
    listening.silence?.[Symbol.dispose]();
    if (error) listening.done.reject(error);
    else listening.done.resolve();
  }
}
