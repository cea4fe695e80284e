import { type Clock, ProtocolError } from '@parley/protocol';
import { FRAME_MS, runFrames } from '../clock/frame-clock.ts';
import type { FrameOutput } from '../voice-output.ts';
import { readSound } from './sound-file.ts';

/** Silence frames at the end of what is sent, so that receivers do not interpolate (Discord voice documentation). */
const SILENCE_FRAMES = 5;
/** How long a sound waits for encryption, milliseconds. */
const READY_WAIT_MS = 3000;
const READY_STEP_MS = 20;
/** Sounds that may wait for their turn. */
const MAX_WAITING = 4;

export interface SoundPlayed {
  /** Milliseconds of sound that were sent. */
  readonly playedMs: number;
  /** Frames that were not, because encryption or connection was not ready at their time. */
  readonly droppedFrames: number;
}

/** Plays sounds one after the other. */
export class SoundPlayer implements Disposable {
  #clock: Clock;
  #output: FrameOutput;
  #onDropped: (frames: number) => void;
  #turn: Promise<unknown> = Promise.resolve();
  /** The one that plays and those that wait. */
  #admitted = 0;
  #over = false;

  constructor(clock: Clock, output: FrameOutput, onDropped: (frames: number) => void) {
    this.#clock = clock;
    this.#output = output;
    this.#onDropped = onDropped;
  }

  /**
   * Plays an Ogg Opus file. Frames whose time comes while nothing may be sent are dropped, not delayed.
   * @throws ProtocolError `file_unreadable`; `encryption_not_ready` when nothing may be sent for 3 s; `aborted` when too many wait or
   * the session ends.
   */
  async play(file: string): Promise<SoundPlayed> {
    return await this.#admit(() => readSound(file));
  }

  /** Plays 20 ms Opus frames, null being silence. @throws ProtocolError as `play`, but for the file. */
  async playFrames(frames: readonly (Buffer | null)[]): Promise<SoundPlayed> {
    return await this.#admit(async () => frames);
  }

  /** Takes a sound among those that wait, counted from the call on; it is read meanwhile, and played in its turn. */
  async #admit(load: () => Promise<readonly (Buffer | null)[]>): Promise<SoundPlayed> {
    if (this.#admitted > MAX_WAITING) throw new ProtocolError('aborted', 'sound.play: too many sounds wait already');
    this.#admitted += 1;
    try {
      const loading = load();
      loading.catch(() => undefined); // met in its turn
      return await this.#inTurn(async () => {
        const frames = await loading;
        await this.#awaitReady();
        return await this.#play(frames);
      });
    } finally {
      this.#admitted -= 1;
    }
  }

  /** Sends five silence frames: some voice servers deliver nothing before they have heard something. */
  async greet(): Promise<void> {
    await this.#inTurn(() => this.#silence());
  }

  [Symbol.dispose](): void {
    this.#over = true;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(task);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #play(frames: readonly (Buffer | null)[]): Promise<SoundPlayed> {
    let sent = 0;
    await runFrames(this.#clock, (index) => {
      const frame = frames[index];
      if (frame === undefined || this.#over) return false;
      if (frame === null ? this.#output.sendSilence() : this.#output.send(frame)) sent += 1;
      return true;
    });
    await this.#silence();
    const droppedFrames = frames.length - sent;
    if (droppedFrames > 0) this.#onDropped(droppedFrames);
    return { playedMs: sent * FRAME_MS, droppedFrames };
  }

  async #silence(): Promise<void> {
    await runFrames(this.#clock, (index) => {
      if (index >= SILENCE_FRAMES || this.#over) return false;
      this.#output.sendSilence();
      return true;
    });
    if (!this.#over) this.#output.stopSpeaking();
  }

  async #awaitReady(): Promise<void> {
    for (let waitedMs = 0; !this.#output.ready; waitedMs += READY_STEP_MS) {
      if (this.#over) throw new ProtocolError('aborted', 'sound.play: the session has ended');
      if (waitedMs >= READY_WAIT_MS) {
        throw new ProtocolError('encryption_not_ready', 'sound.play: nothing may be sent: encryption is not ready');
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#clock.setTimeout(resolve, READY_STEP_MS);
      await promise;
    }
  }
}
