/** What plays: the mix, or some people's tracks together. */
export type Heard = { readonly kind: 'mix' } | { readonly kind: 'lanes'; readonly userIds: readonly string[] };

export interface PlaybackState {
  readonly playing: boolean;
  /** Waiting for audio from the server. */
  readonly waiting: boolean;
  readonly rate: number;
  readonly volume: number;
  readonly heard: Heard;
  /** Why nothing plays, in words; null when all is well. */
  readonly problem: string | null;
}

export interface PlaybackOptions {
  readonly durationMs: number;
  readonly mixUrl: string | null;
  readonly trackUrl: (userId: string) => string | null;
  readonly startMs?: number;
  readonly createAudio?: () => HTMLAudioElement;
  readonly requestFrame?: (callback: () => void) => number;
  readonly cancelFrame?: (handle: number) => void;
}

/** Tracks that are further apart than this are set to the leading one's time, seconds: less is not heard as an echo. */
const driftSeconds = 0.03;

/**
 * Plays a recording. One element plays the mix; where people are muted or picked out, one element a person plays their tracks in
 * step. All stand on the recording's clock, so that changing between them keeps the place. Disposing ends all playing.
 */
export class Playback implements Disposable {
  readonly durationMs: number;
  #options: PlaybackOptions;
  #elements: readonly HTMLAudioElement[] = [];
  #state: PlaybackState = { playing: false, waiting: false, rate: 1, volume: 1, heard: { kind: 'mix' }, problem: null };
  #positionMs: number;
  #listeners = new Set<() => void>();
  #positionListeners = new Set<(ms: number) => void>();
  #frame: number | null = null;
  #scope = new AbortController();

  constructor(options: PlaybackOptions) {
    this.#options = options;
    this.durationMs = options.durationMs;
    this.#positionMs = this.#within(options.startMs ?? 0);
    this.#load();
  }

  get state(): PlaybackState {
    return this.#state;
  }

  get positionMs(): number {
    return this.#positionMs;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Told of each new position, as often as the screen is drawn. */
  onPosition = (listener: (ms: number) => void): (() => void) => {
    this.#positionListeners.add(listener);
    return () => this.#positionListeners.delete(listener);
  };

  toggle(): void {
    if (this.#state.playing) this.pause();
    else void this.play();
  }

  async play(): Promise<void> {
    if (this.#positionMs >= this.durationMs) this.seek(0);
    this.#set({ playing: true, problem: null });
    try {
      await Promise.all(this.#elements.map((element) => element.play()));
    } catch (error) {
      if ((error as Error).name === 'AbortError') return; // paused or changed meanwhile
      this.#set({ playing: false, problem: 'This browser could not play the recording.' });
      return;
    }
    this.#tick();
  }

  pause(): void {
    for (const element of this.#elements) element.pause();
    this.#stopTicking();
    this.#set({ playing: false, waiting: false });
  }

  seek(ms: number): void {
    const at = this.#within(ms);
    for (const element of this.#elements) element.currentTime = at / 1000;
    this.#moved(at);
  }

  seekBy(ms: number): void {
    this.seek(this.#positionMs + ms);
  }

  setRate(rate: number): void {
    for (const element of this.#elements) element.playbackRate = rate;
    this.#set({ rate });
  }

  setVolume(volume: number): void {
    for (const element of this.#elements) element.volume = volume;
    this.#set({ volume });
  }

  /** Changes what is heard, at the same place. */
  hear(heard: Heard): void {
    const { playing } = this.#state;
    this.#unload();
    this.#set({ heard });
    this.#load();
    if (playing) void this.play();
  }

  [Symbol.dispose](): void {
    this.#stopTicking();
    this.#unload();
    this.#listeners.clear();
    this.#positionListeners.clear();
  }

  #urls(): string[] {
    const { heard } = this.#state;
    const { mixUrl, trackUrl } = this.#options;
    const urls = heard.kind === 'mix' ? [mixUrl] : heard.userIds.map(trackUrl);
    return urls.filter((url) => url !== null);
  }

  #load(): void {
    this.#scope = new AbortController();
    const { signal } = this.#scope;
    const create = this.#options.createAudio ?? (() => new Audio());
    this.#elements = this.#urls().map((url) => {
      const element = create();
      element.preload = 'auto';
      element.src = url;
      element.currentTime = this.#positionMs / 1000;
      element.playbackRate = this.#state.rate;
      element.volume = this.#state.volume;
      return element;
    });
    const [leader] = this.#elements;
    leader?.addEventListener('waiting', () => this.#set({ waiting: true }), { signal });
    leader?.addEventListener('playing', () => this.#set({ waiting: false }), { signal });
    leader?.addEventListener('ended', () => this.#ended(), { signal });
    for (const element of this.#elements) {
      element.addEventListener('error', () => this.#failed(), { signal });
    }
  }

  #unload(): void {
    this.#scope.abort();
    for (const element of this.#elements) {
      element.pause();
      element.removeAttribute('src');
      element.load(); // lets go of the connection
    }
    this.#elements = [];
  }

  #failed(): void {
    this.pause();
    this.#set({ problem: 'The audio could not be loaded. Check the connection and try again.' });
  }

  #ended(): void {
    this.pause();
    this.#moved(this.durationMs);
  }

  #tick = (): void => {
    const request = this.#options.requestFrame ?? requestAnimationFrame;
    const [leader, ...others] = this.#elements;
    if (!leader || !this.#state.playing) return;
    for (const other of others) {
      if (Math.abs(other.currentTime - leader.currentTime) > driftSeconds) other.currentTime = leader.currentTime;
    }
    this.#moved(this.#within(leader.currentTime * 1000));
    this.#frame = request(this.#tick);
  };

  #stopTicking(): void {
    if (this.#frame !== null) (this.#options.cancelFrame ?? cancelAnimationFrame)(this.#frame);
    this.#frame = null;
  }

  #moved(ms: number): void {
    this.#positionMs = ms;
    for (const listener of this.#positionListeners) listener(ms);
  }

  #within(ms: number): number {
    return Math.min(Math.max(0, ms), this.#options.durationMs);
  }

  #set(change: Partial<PlaybackState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
