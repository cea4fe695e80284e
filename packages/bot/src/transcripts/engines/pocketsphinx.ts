import { type Heard, SPEECH_WAV_HEADER, type SpeechChunk } from '@parley/mux';
import type { Engine } from './engine.ts';
import { runTool } from './run-tool.ts';
import { workFile } from './work-files.ts';

/** Its memory grows with an utterance, and a killed job repeats a whole chunk. */
const maxSeconds = 120;

export interface PocketsphinxOptions {
  /** `pocketsphinx_continuous`. */
  readonly program: string;
  /** Folder of the files it reads. */
  readonly workFolder: string;
  readonly concurrency: number;
}

/** `word(2) 1.880 2.210 0.999500`: the word, which of its pronunciations, from, to (seconds of the file), how sure. */
const wordLine = /^(\S+?)(?:\(\d+\))? (\d+\.\d+) (\d+\.\d+) \d+\.\d+$/;
/** Fillers of its dictionary: silence, breath, noise. */
const filler = /^(?:<.*>|\[.*\]|\+\+.*\+\+)$/;

/** What `pocketsphinx_continuous -time yes` printed: an utterance, then its words. Pure. */
export const readPocketsphinx = (output: string): Heard[] => {
  const heard: { from: number; to: number; text: string }[][] = [];
  for (const line of output.split('\n')) {
    const [, word = '', from, to] = wordLine.exec(line.trim()) ?? [];
    if (from === undefined || to === undefined) continue;
    if (word === '<s>') heard.push([]);
    if (!filler.test(word)) heard.at(-1)?.push({ from: Number(from), to: Number(to), text: word });
  }
  return heard.flatMap((words) => {
    const [first, last] = [words[0], words.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [{ from: first.from, to: last.to, text: words.map(({ text }) => text).join(' '), words }];
  });
};

/** An installed pocketsphinx with its own English model. */
export class Pocketsphinx implements Engine {
  readonly name = 'pocketsphinx';
  readonly model = 'en-us';
  readonly language = 'en';
  readonly chunks = { maxSeconds };
  readonly paid = false;
  readonly #options: PocketsphinxOptions;

  constructor(options: PocketsphinxOptions) {
    this.#options = options;
  }

  get concurrency(): number {
    return this.#options.concurrency;
  }

  async recognize({ wav }: Pick<SpeechChunk, 'wav'>, signal: AbortSignal): Promise<readonly Heard[]> {
    await using file = await workFile(this.#options.workFolder, '.raw', wav.subarray(SPEECH_WAV_HEADER));
    const args = ['-infile', file.path, '-time', 'yes', '-logfn', '/dev/null'];
    return readPocketsphinx(await runTool(this.#options.program, args, signal));
  }
}
