import type { Clock } from '@parley/protocol';
import type { Logger } from '../../../log.ts';
import type { FileTranscriber, TranscriberConfig } from '../../provider/transcriber.ts';
import type { KeptCapture } from '../kept-capture.ts';
import { SpeechResampler } from './resample.ts';
import { usableTranscript } from './usable-transcript.ts';
import type { OnWords, WordsSource } from './words-source.ts';

/** A file that takes longer is not waited for, ms. */
export const filePatienceMs = 15_000;
const leastMs = 100;

export interface FileWordsOptions {
  readonly transcriber: FileTranscriber;
  readonly config: () => TranscriberConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly spent: (audioMs: number, userId: string) => void;
}

/** Words by an API that takes whole pieces of speech (`file_wav`): each capture when it has ended. */
export class FileWords implements WordsSource {
  readonly #options: FileWordsOptions;
  readonly #running = new Set<AbortController>();

  constructor(options: FileWordsOptions) {
    this.#options = options;
  }

  follow(capture: KeptCapture, onWords: OnWords): Disposable {
    const given = new AbortController();
    this.#running.add(given);
    const reading = capture.read({
      audio: () => undefined,
      ended: () => void this.#transcribe(capture, onWords, given),
    });
    return {
      [Symbol.dispose]: () => {
        reading[Symbol.dispose]();
        this.#running.delete(given);
        given.abort(new Error('nobody wants its words'));
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const running of this.#running) running.abort(new Error('the agent is closed'));
    this.#running.clear();
  }

  async #transcribe(capture: KeptCapture, onWords: OnWords, given: AbortController): Promise<void> {
    const { transcriber, config, clock, logger, spent } = this.#options;
    const { ms, userId } = capture;
    let text = '';
    using _late = clock.setTimeout(() => given.abort(new Error('no words in time')), filePatienceMs);
    try {
      if (ms >= leastMs) {
        const resampler = new SpeechResampler(capture.rate, transcriber.rate);
        const pcm = Buffer.concat([resampler.push(capture.whole()), resampler.flush()]);
        const settings = config();
        spent(ms, userId);
        text = usableTranscript(await transcriber.transcribe(pcm, settings, given.signal), settings.prompt, ms);
      }
    } catch (error) {
      if (this.#running.has(given)) logger.warn({ err: error }, 'a piece of speech could not be transcribed');
    }
    if (this.#running.delete(given)) onWords(text, true);
  }
}
