import type { Clock, NotificationParams } from '@parley/protocol';
import type { Settings } from '../../config/settings-schema.ts';
import type { Logger } from '../../log.ts';
import type { Session } from '../../session/session.ts';
import type { Background } from '../../vox/background.ts';
import {
  hasRoom,
  isSounding,
  type MusicEffect,
  type MusicEvent,
  type MusicState,
  noMusic,
  stepMusic,
} from './music-queue.ts';
import type { MusicTrouble, Track } from './track.ts';

/** Fades at the beginning, at the end and where the volume changes, milliseconds. */
const fadeMs = { begin: 0, end: 500, volume: 200 } as const;

export interface SessionMusicOptions {
  readonly session: Pick<Session, 'voxproc' | 'announcer' | 'agent'>;
  readonly settings: Pick<Settings, 'music'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  /** Names a piece; never the same twice. */
  readonly newId: () => string;
  /** Where ffmpeg is; null: nowhere. */
  readonly ffmpeg: () => Promise<string | null>;
}

/** What there is of music, for people and the model. */
export interface MusicView {
  readonly phase: MusicState['phase'];
  /** null: nothing plays. */
  readonly title: string | null;
  readonly positionMs: number;
  /** What waits, the next first. */
  readonly queue: readonly string[];
  /** Percent. */
  readonly volume: number;
}

/** What became of a wish: it begins, waits at this place (1: next), or there is no room. */
export type Wanted =
  | { readonly kind: 'loading' }
  | { readonly kind: 'queued'; readonly place: number }
  | { readonly kind: 'full' };

/**
 * The music of one session. What plays is what the audio process says; it is told to the agent, which listens to fewer people meanwhile.
 * Nothing of it touches the recording. Failures are said in the channel.
 */
export class SessionMusic implements Disposable {
  readonly #options: SessionMusicOptions;
  readonly #listening: Disposable;
  #state: MusicState = noMusic;
  #volume: number;
  /** How far it was when it was told last, and when that was (monotonic milliseconds). */
  #told = { positionMs: 0, atMs: 0 };
  #disposed = false;

  constructor(options: SessionMusicOptions) {
    this.#options = options;
    this.#volume = options.settings.music.volume;
    this.#listening = options.session.voxproc.listen({
      musicState: (state) => this.#musicState(state),
      lost: () => this.#tell({ type: 'lost' }),
    });
  }

  get view(): MusicView {
    const { phase, queue } = this.#state;
    const title = this.#state.phase === 'idle' ? null : this.#state.track.title;
    const { positionMs, atMs } = this.#told;
    const played = phase === 'playing' ? this.#nowMs - atMs : 0;
    return {
      ...{ phase, title, volume: this.#volume, queue: queue.map((track) => track.title) },
      positionMs: phase === 'playing' || phase === 'paused' ? Math.round(positionMs + played) : 0,
    };
  }

  want(track: Track, where: 'now' | 'next' | 'last'): Wanted {
    const before = this.#state;
    const begins = before.phase === 'idle' || before.phase === 'stopping' || where === 'now';
    if (!begins && !hasRoom(before)) return { kind: 'full' };
    this.#tell({ type: 'wanted', track, where, musicId: this.#options.newId() });
    return begins ? { kind: 'loading' } : { kind: 'queued', place: where === 'next' ? 1 : this.#state.queue.length };
  }

  /** Ends what plays. @returns what that was and what follows; null: nothing played */
  skip(): { readonly skipped: string; readonly next: string | null } | null {
    const before = this.#state;
    if (before.phase === 'idle' || before.phase === 'stopping') return null;
    this.#tell({ type: 'skipped', musicId: this.#options.newId() });
    return { skipped: before.track.title, next: before.queue[0]?.title ?? null };
  }

  /** Ends it and forgets what waits. @returns whether something played */
  stop(): boolean {
    const before = this.#state.phase;
    this.#tell({ type: 'stopped' });
    return before !== 'idle' && before !== 'stopping';
  }

  /** @returns whether there is something to hold @throws ProtocolError */
  async pause(): Promise<boolean> {
    if (!isSounding(this.#state)) return false;
    await this.#options.session.voxproc.request('music.pause', {});
    return true;
  }

  /** @returns whether there is something that is held @throws ProtocolError */
  async resume(): Promise<boolean> {
    if (this.#state.phase !== 'paused') return false;
    await this.#options.session.voxproc.request('music.resume', {});
    return true;
  }

  /** How loud music is from now on, percent. @throws ProtocolError */
  async setVolume(percent: number): Promise<void> {
    this.#volume = percent;
    const { phase } = this.#state;
    if (phase === 'idle' || phase === 'stopping') return;
    await this.#options.session.voxproc.request('music.gain', { gain: percent / 100, fadeMs: fadeMs.volume });
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#listening[Symbol.dispose]();
    this.#state = noMusic;
  }

  #musicState({ musicId, state, positionMs, code, message }: NotificationParams<'voxproc', 'music.state'>): void {
    if (this.#state.phase !== 'idle' && this.#state.musicId === musicId) this.#told = { positionMs, atMs: this.#nowMs };
    if (state === 'loading' || state === 'playing' || state === 'paused') {
      this.#tell({ type: 'told', musicId, state });
      return;
    }
    if (state === 'failed') this.#options.logger.warn({ musicId, code, message }, 'music could not be played');
    this.#over(musicId, state === 'failed' ? (code ?? 'not_taken') : null);
  }

  #over(musicId: string, failure: MusicTrouble | null): void {
    this.#tell({ type: 'over', musicId, failure, next: this.#options.newId() });
  }

  #tell(event: MusicEvent): void {
    if (this.#disposed) return;
    const sounded = isSounding(this.#state);
    const { state, effects } = stepMusic(this.#state, event);
    this.#state = state;
    const sounds = isSounding(state);
    if (sounds !== sounded) this.#options.session.agent.client?.music(sounds);
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: MusicEffect): void {
    const { session, background } = this.#options;
    switch (effect.type) {
      case 'play':
        this.#told = { positionMs: 0, atMs: this.#nowMs };
        background.run('music', () => this.#play(effect.musicId, effect.track));
        return;
      case 'stop':
        if (this.#state.phase !== 'idle') {
          const { musicId } = this.#state;
          background.run('music', () => this.#stop(musicId));
        }
        return;
      case 'failed': {
        const { track, trouble, next } = effect;
        const details = { title: track.title, trouble, next: next?.title ?? null };
        session.announcer.say({ kind: 'music_failed', details });
        return;
      }
    }
  }

  async #play(musicId: string, { source }: Track): Promise<void> {
    const { session, settings, ffmpeg, logger } = this.#options;
    const ffmpegPath = await ffmpeg();
    // It may have been skipped meanwhile, or stopped before it began.
    if (this.#state.phase === 'idle' || this.#state.musicId !== musicId) return;
    if (ffmpegPath === null || this.#state.phase === 'stopping') {
      this.#over(musicId, ffmpegPath === null ? 'no_ffmpeg' : null);
      return;
    }
    const { duckGain, duckMs } = settings.music;
    try {
      await session.voxproc.request('music.play', {
        ...{ musicId, source, ffmpegPath, gain: this.#volume / 100, fadeInMs: fadeMs.begin },
        duck: { gain: duckGain, fadeMs: duckMs },
      });
    } catch (error) {
      logger.warn({ musicId, err: error }, 'the audio process did not take the music');
      this.#over(musicId, 'not_taken');
    }
  }

  async #stop(musicId: string): Promise<void> {
    try {
      await this.#options.session.voxproc.request('music.stop', { fadeMs: fadeMs.end });
    } catch (error) {
      this.#options.logger.info({ musicId, err: error }, 'there was no music to stop any more');
    }
    this.#over(musicId, null);
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }
}
