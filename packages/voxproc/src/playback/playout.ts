import { OpusDecoder } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { PlayedSink } from '../capture/echo/echo-reference.ts';
import { PlayoutClock } from './clock/playout-clock.ts';
import { FrameMix } from './mix/frame-mix.ts';
import type { SoundFrame, SoundSource } from './sound/sound-source.ts';
import type { SpeechFrame, SpeechQueue } from './speech/speech-queue.ts';
import type { FrameOutput } from './voice-output.ts';

/** Silence frames at the end of what is sent, so that receivers do not interpolate (Discord voice documentation). */
const SILENCE_FRAMES = 5;

/** Music as it goes into a frame. */
export interface MusicSource {
  /**
   * Its next 20 ms, interleaved stereo, valid until the next call; null while nothing of it plays.
   * @param isSpeaking whether the bot speaks: music stays back
   */
  frame(isSpeaking: boolean): Float32Array | null;
}

export interface PlayoutOptions {
  readonly clock: Clock;
  readonly output: FrameOutput;
  readonly speech: Pick<SpeechQueue, 'frame' | 'isSpeaking'>;
  readonly music: MusicSource;
  readonly sounds: SoundSource;
  /** Hears what was really sent. */
  readonly played: PlayedSink;
  readonly onLate: (frames: number) => void;
  /** A defect: nothing more is sent until something new is to be played. What is recorded must not end with it. */
  readonly onError: (error: Error) => void;
}

/**
 * Sends one Opus frame every 20 ms while there is something to play: what speaks, music and sounds, mixed; a sound alone as the packets
 * it is made of. Then the silence receivers need, and the speaking mark is taken away.
 */
export class Playout implements Disposable {
  readonly clock: PlayoutClock;
  #options: PlayoutOptions;
  #mix: FrameMix | null = null;
  #decoder: OpusDecoder | null = null;
  /** What was sent last, for the echo; used again for each frame. */
  #mono = new Float32Array(960);
  #silences = 0;
  #isMarked = false;
  /** Whether the voice server drops what is sent: a moderator muted the bot, or it is no speaker of a stage. */
  isMuted = false;
  #dropped = 0;

  constructor(options: PlayoutOptions) {
    const { clock, onLate } = options;
    this.#options = options;
    this.clock = new PlayoutClock({ clock, tick: () => this.#guarded(), onLate });
  }

  /** Frames of music and sounds that were not sent. */
  get droppedFrames(): number {
    return this.#dropped;
  }

  wake(): void {
    this.clock.wake();
  }

  /** Loads what mixing needs. @throws ProtocolError `internal`: libopus cannot be loaded */
  prepare(): void {
    this.#mix ??= new FrameMix();
  }

  /** Sends five silence frames: some voice servers deliver nothing before they have heard something. */
  greet(): void {
    this.#silences = SILENCE_FRAMES;
    this.#isMarked = true;
    this.wake();
  }

  [Symbol.dispose](): void {
    this.clock[Symbol.dispose]();
    this.#options.sounds[Symbol.dispose]();
    this.#mix?.[Symbol.dispose]();
    this.#decoder?.[Symbol.dispose]();
    this.#mix = null;
    this.#decoder = null;
  }

  #guarded(): boolean {
    try {
      return this.#tick();
    } catch (error) {
      this.#options.onError(error instanceof Error ? error : new Error(String(error)));
      return false;
    }
  }

  #tick(): boolean {
    const { output, speech, music, sounds } = this.#options;
    const canSend = output.ready;
    // What is said to nobody counts as heard nowhere: speech waits. Music and sounds run on, as before people who do not listen.
    const said = speech.frame(canSend && !this.isMuted);
    const playing = music.frame(speech.isSpeaking);
    const sound = sounds.next();
    if (said === null && playing === null && sound === null) return this.#quiet();
    if (said !== null || playing !== null) sounds.settle();
    if (playing === null && sound === null && said === 'waiting') return true;
    if (playing === null && sound !== null && (said === null || said === 'waiting')) this.#passOn(sound);
    else this.#sendMixed(canSend, said === 'waiting' ? null : said, playing, sound);
    this.#silences = SILENCE_FRAMES;
    this.#isMarked = true;
    return true;
  }

  /** A sound alone is sent as it is. */
  #passOn(sound: SoundFrame): void {
    const { output } = this.#options;
    const stereo = this.#decode(sound);
    const sent = sound.packet === null ? output.sendSilence() : output.send(sound.packet);
    sound.done(sent);
    this.#mix?.interrupted();
    if (sent) this.#wasPlayed(stereo);
    else this.#dropped += 1;
  }

  #sendMixed(canSend: boolean, said: SpeechFrame | null, music: Float32Array | null, sound: SoundFrame | null): void {
    this.prepare();
    const mix = this.#mix as FrameMix;
    const sent =
      canSend &&
      this.#options.output.send(mix.encode({ speech: said?.pcm, music, sound: sound && this.#decode(sound) }));
    sound?.done(sent);
    if (sent) {
      said?.sent();
      this.#wasPlayed(mix.stereo);
    } else if (music !== null || sound !== null) {
      this.#dropped += 1;
    }
  }

  /** Nothing plays: what the encoder still holds, silence, then rest. */
  #quiet(): boolean {
    const { output, sounds } = this.#options;
    if (this.#mix?.holdsBack) {
      output.send(this.#mix.encode({}));
      return true;
    }
    this.#mix?.interrupted();
    if (this.#silences > 0) {
      this.#silences -= 1;
      output.sendSilence();
      return true;
    }
    if (this.#isMarked) output.stopSpeaking();
    this.#isMarked = false;
    sounds.settle();
    return false;
  }

  /** A sound as PCM; null where libopus cannot be loaded: then it is sent unheard. */
  #decode({ packet }: SoundFrame): Float32Array | null {
    if (packet === null) return null;
    try {
      this.#decoder ??= new OpusDecoder();
    } catch {
      return null;
    }
    if (this.#options.sounds.isAtStart) this.#decoder.reset();
    return Float32Array.from(this.#decoder.decode(packet), (sample) => sample / 32_768);
  }

  #wasPlayed(stereo: Float32Array | null): void {
    const mono = this.#mono;
    for (let at = 0; at < mono.length; at += 1) {
      mono[at] = stereo === null ? 0 : ((stereo[2 * at] as number) + (stereo[2 * at + 1] as number)) / 2;
    }
    this.#options.played.played(mono, this.#options.clock.monotonicUs());
  }
}
