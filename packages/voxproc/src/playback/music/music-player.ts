import { type Clock, type MusicFailure, ProtocolError, type RequestParams } from '@parley/protocol';
import type { MusicSource as MixSource } from '../playout.ts';
import { type DecoderInput, FfmpegDecoder } from './ffmpeg-decoder.ts';
import { asMusicError, MusicError } from './music-error.ts';
import { MusicPiece } from './music-piece.ts';
import { openMusic } from './open-music.ts';

/** A source that delivers nothing for this long while it should is given up, milliseconds. */
export const stalledMs = 10_000;
const LOOK_MS = 1_000;

type StateName = 'loading' | 'playing' | 'paused' | 'ended' | 'stopped' | 'failed';

/** What became of the music, as the supervisor is told. */
export interface MusicEvent {
  readonly musicId: string;
  readonly state: StateName;
  readonly positionMs: number;
  readonly code?: MusicFailure;
  readonly message?: string;
}

export interface MusicPlayerOptions {
  readonly clock: Clock;
  readonly wake: () => void;
  readonly onEvent: (event: MusicEvent) => void;
}

/** `gathering`: not enough is decoded. `stopping`: fades away, then it is over. */
type Phase = 'gathering' | 'playing' | 'paused' | 'stopping';

interface Current {
  readonly piece: MusicPiece;
  readonly scope: DisposableStack;
  phase: Phase;
  told: StateName;
  /** Since when its source owes audio, milliseconds. */
  owesSinceMs: number;
  stopped: PromiseWithResolvers<{ positionMs: number }> | null;
}

/** Plays one piece of music at a time, from a file or an address. A new one takes the place of the one before. */
export class MusicPlayer implements MixSource, Disposable {
  #options: MusicPlayerOptions;
  #current: Current | null = null;
  #farewell: Float32Array | null = null;
  #isSpeaking = false;

  constructor(options: MusicPlayerOptions) {
    this.#options = options;
  }

  /** Decoded music that waits, milliseconds. */
  get bufferedMs(): number {
    return (this.#current?.piece.decoder?.queue.length ?? 0) / 48;
  }

  /** Whether there is nothing more to decode. */
  get isDecoded(): boolean {
    return this.#current?.piece.decoder?.isEnded ?? true;
  }

  /** Begins; what becomes of it is told by events. */
  play({ musicId, source, ffmpegPath, gain, fadeInMs, duck }: RequestParams<'supervisor', 'music.play'>): void {
    if (this.#current) this.#over(this.#current, 'stopped');
    const scope = new DisposableStack();
    const piece = scope.use(new MusicPiece(musicId, { gain, fadeInMs, duck }));
    const current: Current = {
      ...{ piece, scope, phase: 'gathering', told: 'loading', stopped: null },
      owesSinceMs: this.#nowMs(),
    };
    this.#current = current;
    const { clock, onEvent } = this.#options;
    scope.use(clock.setInterval(() => this.#watch(current), LOOK_MS));
    const cancelled = new AbortController();
    scope.defer(() => cancelled.abort(new Error('the music was stopped')));
    onEvent({ musicId, state: 'loading', positionMs: 0 });
    const opening = openMusic(source, clock, cancelled.signal);
    opening.then(
      (input) => {
        if (this.#current !== current) {
          if (input.kind === 'stream') input.body.destroy();
          return;
        }
        this.#decode(current, input, ffmpegPath);
      },
      (error: unknown) => this.#fail(current, asMusicError(error, 'fetch_failed')),
    );
  }

  /** Holds it; its source waits. @throws ProtocolError `no_music` */
  pause(): { positionMs: number } {
    const current = this.#known('music.pause');
    if (current.phase === 'playing') this.#sayFarewell(current);
    current.phase = 'paused';
    this.#tell(current, 'paused');
    return { positionMs: current.piece.positionMs };
  }

  /** @throws ProtocolError `no_music` */
  resume(): { positionMs: number } {
    const current = this.#known('music.resume');
    const { positionMs } = current.piece;
    if (current.phase === 'paused') {
      current.phase = 'gathering';
      current.owesSinceMs = this.#nowMs();
      this.#tell(current, positionMs === 0 && !current.piece.isReady ? 'loading' : 'playing');
      this.#look(current);
    }
    return { positionMs };
  }

  /** Fades it away and ends it. Resolves when it is over. @throws ProtocolError `no_music` */
  async stop(fadeMs: number): Promise<{ positionMs: number }> {
    const current = this.#known('music.stop');
    if (current.phase !== 'playing') {
      this.#over(current, 'stopped');
      return { positionMs: current.piece.positionMs };
    }
    current.phase = 'stopping';
    current.piece.fadeAway(fadeMs);
    current.stopped = Promise.withResolvers<{ positionMs: number }>();
    return await current.stopped.promise;
  }

  /** @throws ProtocolError `no_music` */
  setGain(gain: number, fadeMs: number): void {
    this.#known('music.gain').piece.setGain(gain, fadeMs);
  }

  frame(isSpeaking: boolean): Float32Array | null {
    this.#isSpeaking = isSpeaking;
    const farewell = this.#farewell;
    this.#farewell = null;
    if (farewell !== null) return farewell;
    const current = this.#current;
    if (current === null || (current.phase !== 'playing' && current.phase !== 'stopping')) return null;
    const { piece } = current;
    const { stereo, then } = piece.frame(isSpeaking);
    if (then === 'end') this.#over(current, current.phase === 'stopping' ? 'stopped' : 'ended');
    else if (current.phase === 'stopping' && (piece.hasFaded || then === 'dry')) this.#over(current, 'stopped');
    else if (then === 'dry') {
      current.phase = 'gathering';
      current.owesSinceMs = this.#nowMs();
    }
    return stereo;
  }

  /** Ends it without a fade. */
  abort(): void {
    const current = this.#current;
    if (current) {
      // Nothing of it is touched any more: it may be what is broken.
      current.phase = 'gathering';
      this.#over(current, 'stopped');
    }
    this.#farewell = null;
  }

  [Symbol.dispose](): void {
    this.abort();
  }

  #decode(current: Current, input: DecoderInput, ffmpegPath: string): void {
    current.owesSinceMs = this.#nowMs();
    try {
      current.piece.decoder = new FfmpegDecoder({
        ...{ ffmpegPath, input },
        onData: () => this.#onData(current),
        onEnd: () => this.#look(current),
        onFailed: (error) => this.#fail(current, error),
      });
    } catch (error) {
      if (input.kind === 'stream') input.body.destroy();
      this.#fail(current, asMusicError(error, 'ffmpeg_failed'));
    }
  }

  #onData(current: Current): void {
    current.owesSinceMs = this.#nowMs();
    this.#look(current);
  }

  /** Plays when enough is there. */
  #look(current: Current): void {
    if (this.#current !== current || current.phase !== 'gathering' || !current.piece.isReady) return;
    current.phase = 'playing';
    current.piece.startAgain();
    this.#tell(current, 'playing');
    this.#options.wake();
  }

  /** A source that stands still is given up. */
  #watch(current: Current): void {
    const { phase, piece, owesSinceMs } = current;
    const owes = phase !== 'paused' && (piece.decoder === null || piece.decoder.isHungry);
    if (!owes) current.owesSinceMs = this.#nowMs();
    // Opening has a bound of its own, for each redirect.
    else if (piece.decoder !== null && this.#nowMs() - owesSinceMs >= stalledMs) {
      this.#fail(current, new MusicError('too_slow', `nothing came from the source for ${stalledMs} ms`));
    }
  }

  #fail(current: Current, { code, message }: MusicError): void {
    if (this.#current === current) this.#over(current, 'failed', { code, message });
  }

  #over(current: Current, state: 'ended' | 'stopped' | 'failed', why: Pick<MusicEvent, 'code' | 'message'> = {}): void {
    const { piece, scope, stopped } = current;
    if (state !== 'ended' && current.phase === 'playing') this.#sayFarewell(current);
    this.#current = null;
    scope.dispose();
    const { musicId, positionMs } = piece;
    stopped?.resolve({ positionMs });
    this.#options.onEvent({ musicId, state, positionMs, ...why });
  }

  #sayFarewell({ piece }: Current): void {
    this.#farewell = piece.farewell(this.#isSpeaking);
    this.#options.wake();
  }

  #tell(current: Current, state: 'loading' | 'playing' | 'paused'): void {
    if (current.told === state) return;
    current.told = state;
    const { musicId, positionMs } = current.piece;
    this.#options.onEvent({ musicId, state, positionMs });
  }

  #known(request: string): Current {
    const current = this.#current;
    if (current && current.phase !== 'stopping') return current;
    throw new ProtocolError('no_music', `${request}: no music is playing`);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }
}
