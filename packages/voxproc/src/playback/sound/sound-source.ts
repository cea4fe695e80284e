/** Opus packets of 20 ms each, null being silence. */
export type SoundFrames = readonly (Buffer | null)[];

/** What of a sound is due in a frame. */
export interface SoundFrame {
  readonly packet: Buffer | null;
  /** Whether it was sent. */
  done(sent: boolean): void;
}

interface Playing {
  readonly frames: SoundFrames;
  next: number;
  sent: number;
  readonly over: PromiseWithResolvers<number>;
}

/** One sound at a time, frame by frame. A frame whose time comes while it cannot be sent is lost, not delayed. */
export class SoundSource implements Disposable {
  #wake: () => void;
  #playing: Playing | null = null;
  /** All its frames are gone; the silence after them is not. */
  #ended: Playing | null = null;
  #over = false;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** Whether a sound has begun at this frame: what was decoded before has nothing to do with it. */
  get isAtStart(): boolean {
    return this.#playing?.next === 0;
  }

  /** Plays a sound; the one before must be over. @returns how many frames were sent, when silence has followed or something else plays */
  async play(frames: SoundFrames): Promise<number> {
    if (this.#over) return 0;
    const playing: Playing = { frames, next: 0, sent: 0, over: Promise.withResolvers<number>() };
    this.#playing = playing;
    this.#wake();
    return await playing.over.promise;
  }

  next(): SoundFrame | null {
    const playing = this.#playing;
    if (!playing) return null;
    const packet = playing.frames[playing.next];
    if (packet === undefined) {
      this.#playing = null;
      this.#ended = playing;
      return null;
    }
    return {
      packet,
      done: (sent) => {
        playing.next += 1;
        if (sent) playing.sent += 1;
      },
    };
  }

  /** The silence after a sound was sent, or something else plays by now. */
  settle(): void {
    this.#ended?.over.resolve(this.#ended.sent);
    this.#ended = null;
  }

  /** Ends a sound in mid-play, if it is this one that plays. */
  stop(frames: SoundFrames): void {
    if (this.#playing?.frames === frames) this.abort();
  }

  /** Ends the one that plays. */
  abort(): void {
    this.settle();
    this.#playing?.over.resolve(this.#playing.sent);
    this.#playing = null;
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.abort();
  }
}
