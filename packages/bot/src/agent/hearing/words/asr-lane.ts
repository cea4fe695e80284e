import type { Logger } from '../../../log.ts';
import type {
  Transcriber,
  TranscriberConfig,
  TranscriberEvent,
  TranscriberSession,
} from '../../provider/transcriber.ts';
import type { KeptCapture } from '../kept-capture.ts';
import { SpeechResampler } from './resample.ts';
import { usableTranscript } from './usable-transcript.ts';
import type { OnWords } from './words-source.ts';

/** What is shorter has no words in it, ms. */
const leastMs = 100;

export interface AsrLaneOptions {
  readonly transcriber: Transcriber;
  readonly config: TranscriberConfig;
  readonly logger: Logger;
  readonly spent: (audioMs: number, userId: string) => void;
  /** Somebody speaks into it. */
  readonly onUse: () => void;
  /** It is of no use any more; told once. */
  readonly onClosed: () => void;
}

interface Job {
  readonly capture: KeptCapture;
  readonly onWords: OnWords;
  reading: Disposable | null;
  /** The piece it became, once it is complete. */
  piece: string | null;
  done: boolean;
}

/** One transcription socket: it takes one capture after the other, and hands what it understood to whoever asked. */
export class AsrLane implements AsyncDisposable {
  readonly #options: AsrLaneOptions;
  readonly #session: TranscriberSession;
  readonly #giveUp = new AbortController();
  #jobs: Job[] = [];
  /** Until it is, what was said waits on this side. */
  #isOpen = false;
  #closed = false;

  constructor(options: AsrLaneOptions) {
    this.#options = options;
    const { transcriber, config, logger } = options;
    this.#session = transcriber.open(config, (event) => this.#event(event));
    this.#session.connect(this.#giveUp.signal).then(
      () => {
        this.#isOpen = true;
      },
      (error: unknown) => {
        if (!this.#closed) logger.warn({ err: error }, 'a transcription socket could not be opened');
        this.#over();
      },
    );
  }

  /** Whether words of something are still to come. */
  get isBusy(): boolean {
    return this.#jobs.length > 0;
  }

  follow(capture: KeptCapture, onWords: OnWords): Disposable {
    const job: Job = { capture, onWords, reading: null, piece: null, done: false };
    if (this.#closed) {
      this.#finish(job, '');
      return { [Symbol.dispose]: () => undefined };
    }
    this.#jobs.push(job);
    this.#next();
    return { [Symbol.dispose]: () => this.#drop(job) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over();
    this.#giveUp.abort(new Error('the socket is closed'));
    await this.#session[Symbol.asyncDispose]();
  }

  /** One capture is read at a time: its words must not mix with another's. */
  #next(): void {
    if (this.#closed || this.#jobs.some(({ reading, piece }) => reading !== null && piece === null)) return;
    const job = this.#jobs.find(({ reading }) => reading === null);
    if (!job) return;
    const { transcriber, onUse, spent } = this.#options;
    const resampler = new SpeechResampler(job.capture.rate, transcriber.rate);
    // Reading may end before it is known that it began: what was kept is given at once.
    job.reading = { [Symbol.dispose]: () => undefined };
    job.reading = job.capture.read({
      audio: (pcm) => {
        onUse();
        this.#session.append(resampler.push(pcm));
      },
      ended: () => {
        if (job.done) return;
        if (job.capture.ms < leastMs) {
          this.#session.clear();
          this.#finish(job, '');
        } else {
          this.#session.append(resampler.flush());
          job.piece = this.#session.commit();
          spent(job.capture.ms, job.capture.userId);
        }
        this.#next();
      },
    });
  }

  #event(event: TranscriberEvent): void {
    if (event.type === 'closed') {
      this.#over();
      return;
    }
    const job = this.#jobs.find(({ piece }) => piece === event.id);
    if (!job) return;
    if (event.type === 'partial') job.onWords(event.text, false);
    else if (event.type === 'failed') this.#finish(job, '');
    else this.#finish(job, usableTranscript(event.transcript, this.#options.config.prompt, job.capture.ms));
  }

  #finish(job: Job, text: string): void {
    if (job.done) return;
    job.done = true;
    this.#jobs = this.#jobs.filter((other) => other !== job);
    job.onWords(text, true);
  }

  /** Nobody wants it any more; what of it is not yet a piece is taken back, and a piece that still waits for the socket goes with it. */
  #drop(job: Job): void {
    if (job.done) return;
    job.done = true;
    this.#jobs = this.#jobs.filter((other) => other !== job);
    job.reading?.[Symbol.dispose]();
    if (job.reading === null || this.#closed) return;
    if (job.piece === null) {
      this.#session.clear();
      this.#next();
    } else if (!this.#isOpen) {
      this.#over();
    }
  }

  #over(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const job of [...this.#jobs]) {
      job.reading?.[Symbol.dispose]();
      this.#finish(job, '');
    }
    this.#options.onClosed();
  }
}
