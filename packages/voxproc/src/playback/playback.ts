import type { Clock, RequestParams } from '@parley/protocol';
import type { PlayedSink } from '../capture/echo/echo-reference.ts';
import { type MusicEvent, MusicPlayer } from './music/music-player.ts';
import { Playout } from './playout.ts';
import { SoundPlayer } from './sound/sound-player.ts';
import { SoundSource } from './sound/sound-source.ts';
import type { SpeechEvent, SpeechTrouble } from './speech/speech-event.ts';
import { SpeechQueue } from './speech/speech-queue.ts';
import type { FrameOutput } from './voice-output.ts';

export interface PlaybackListeners {
  speech(event: SpeechEvent): void;
  music(event: MusicEvent): void;
  trouble(trouble: PlaybackTrouble): void;
  /** A defect; everything that played was ended. */
  error(error: Error): void;
}

/** Something an operator should know. */
export type PlaybackTrouble =
  | SpeechTrouble
  /** Frames by which the schedule was moved. */
  | { readonly type: 'late'; readonly frames: number; readonly latenessP99Ms: number }
  /** Frames of a sound that were not sent. */
  | { readonly type: 'sound_dropped'; readonly frames: number };

export interface PlaybackOptions {
  readonly clock: Clock;
  readonly output: FrameOutput;
  /** Hears what was really sent. */
  readonly played: PlayedSink;
  readonly listeners: PlaybackListeners;
}

/** What a session's `stats` say of it. */
export interface PlayoutStats {
  readonly latenessP99Ms: number;
  readonly lateFrames: number;
  readonly droppedFrames: number;
  readonly underruns: number;
  readonly speechMissing: number;
  readonly speechDropped: number;
}

/** Everything the bot plays in a session: what it says, music, sounds. */
export class Playback implements Disposable {
  readonly sounds: SoundPlayer;
  #speech: SpeechQueue;
  #music: MusicPlayer;
  #playout: Playout;

  constructor({ clock, output, played, listeners }: PlaybackOptions) {
    const wake = () => this.#playout.wake();
    const source = new SoundSource(wake);
    this.#speech = new SpeechQueue({
      ...{ clock, wake },
      onEvent: (event) => listeners.speech(event),
      onTrouble: (trouble) => listeners.trouble(trouble),
    });
    this.#music = new MusicPlayer({ clock, wake, onEvent: (event) => listeners.music(event) });
    this.#playout = new Playout({
      ...{ clock, output, played, speech: this.#speech, music: this.#music, sounds: source },
      onLate: (frames) =>
        listeners.trouble({ type: 'late', frames, latenessP99Ms: this.#playout.clock.lateness.p99Ms }),
      onError: (error) => {
        this.#speech.abort();
        this.#music.abort();
        source.abort();
        listeners.error(error);
      },
    });
    this.sounds = new SoundPlayer({
      ...{ clock, output, source },
      onDropped: (frames) => listeners.trouble({ type: 'sound_dropped', frames }),
    });
  }

  /** Utterances; see `SpeechQueue`. */
  get speech(): Omit<SpeechQueue, 'begin' | 'frame'> {
    return this.#speech;
  }

  /** Music; see `MusicPlayer`. */
  get music(): Omit<MusicPlayer, 'play' | 'frame'> {
    return this.#music;
  }

  /** Null while nothing has been played. */
  get stats(): PlayoutStats | null {
    const { clock, droppedFrames } = this.#playout;
    const { underruns, missing, dropped } = this.#speech;
    if (clock.lateness.ticks === 0 && dropped === 0) return null;
    return {
      latenessP99Ms: clock.lateness.p99Ms,
      lateFrames: clock.lateFrames,
      droppedFrames,
      underruns,
      speechMissing: missing,
      speechDropped: dropped,
    };
  }

  /** @throws ProtocolError `internal` without libopus; see `SpeechQueue.begin` */
  beginSpeech({ utteranceId, sampleRate }: RequestParams<'supervisor', 'speech.begin'>): { ms: number } {
    this.#playout.prepare();
    return this.#speech.begin(utteranceId, sampleRate);
  }

  /** @throws ProtocolError `internal` without libopus */
  playMusic(params: RequestParams<'supervisor', 'music.play'>): void {
    this.#playout.prepare();
    this.#music.play(params);
  }

  /** Whether a moderator muted the bot, or it may not speak on a stage. What is to be said waits for that as for keys. */
  muted(isMuted: boolean): void {
    this.#playout.isMuted = isMuted;
  }

  /** Another channel, or none: what was to be said in this one is not said there. Music goes on. */
  channelLeft(): void {
    this.#speech.abort();
  }

  /** The voice server is a new one: sends what makes it deliver. */
  greet(): void {
    this.#playout.greet();
  }

  [Symbol.dispose](): void {
    this.sounds[Symbol.dispose]();
    // First, so that nothing is sent any more.
    this.#playout[Symbol.dispose]();
    this.#speech[Symbol.dispose]();
    this.#music[Symbol.dispose]();
  }
}
