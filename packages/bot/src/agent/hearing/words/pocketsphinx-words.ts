import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@parley/protocol';
import type { Logger } from '../../../log.ts';
import { readPocketsphinx } from '../../../transcripts/engines/pocketsphinx.ts';
import type { KeptCapture } from '../kept-capture.ts';
import { SpeechResampler } from './resample.ts';
import { type SpottedName, withNames } from './spotted-names.ts';
import type { OnWords, WordsSource } from './words-source.ts';

const rate = 16_000;
/** Captures that are recognized at once: each takes the better part of a core for as long as somebody speaks. */
export const mostAtOnce = 3;
/** How long after its end the words of a capture may come, ms. */
export const wordsPatienceMs = 5000;

export interface PocketsphinxWordsOptions {
  /** `pocketsphinx_continuous`. */
  readonly program: string;
  /** Names to be spotted, as they are now; those its dictionary does not have are only found where they are written out. */
  readonly names: () => readonly string[];
  /** Whether the recognizer's dictionary has a word. */
  readonly knows: (word: string) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A program that is fed while somebody speaks, and says what it understood at the end. */
class Listener {
  readonly done: Promise<string>;
  readonly #child: ChildProcess;

  constructor(program: string, args: readonly string[]) {
    const own = ['-infile', '/dev/stdin', '-time', 'yes', '-logfn', '/dev/null', ...args];
    // The standard input we give a child is a socket, which cannot be opened by name; behind `cat` it is a pipe.
    const child = spawn('/bin/sh', ['-c', 'cat | "$0" "$@"', program, ...own], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    });
    this.#child = child;
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    // A program that is gone takes nothing more; its end is told below.
    child.stdin?.on('error', () => undefined);
    this.done = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0) resolve(output);
        else reject(new Error(`${program} ended with ${code}`));
      });
    });
    this.done.catch(() => undefined); // met by whoever waits for the words
  }

  feed(pcm: Uint8Array): void {
    this.#child.stdin?.write(pcm);
  }

  end(): void {
    this.#child.stdin?.end();
  }

  kill(): void {
    const { pid, exitCode, signalCode } = this.#child;
    this.#child.stdin?.destroy();
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      // All of the pipe is one group.
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It went by itself.
    }
  }
}

/**
 * Words by a pocketsphinx on this host: nothing of what it hears leaves it. One process understands what is said, another listens for
 * names alone, which the first, made for ordinary words, often takes for others.
 */
export class PocketsphinxWords implements WordsSource {
  readonly #options: PocketsphinxWordsOptions;
  readonly #running = new Set<() => void>();

  constructor(options: PocketsphinxWordsOptions) {
    this.#options = options;
  }

  follow(capture: KeptCapture, onWords: OnWords): Disposable {
    if (this.#running.size >= mostAtOnce) {
      this.#options.logger.warn('more people speak at once than can be recognized');
      onWords('', true);
      return { [Symbol.dispose]: () => undefined };
    }
    const given = new AbortController();
    const stop = (): void => given.abort(new Error('nobody wants its words'));
    this.#running.add(stop);
    void this.#listen(capture, onWords, given.signal).finally(() => this.#running.delete(stop));
    return { [Symbol.dispose]: stop };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#running) stop();
  }

  async #listen(capture: KeptCapture, onWords: OnWords, signal: AbortSignal): Promise<void> {
    const { program, logger, clock } = this.#options;
    const names = this.#spottable;
    const folder = await mkdtemp(join(tmpdir(), 'parley-names-'));
    let listeners: Listener[] = [];
    try {
      const file = join(folder, 'names');
      if (names.length > 0) await writeFile(file, names.map((name) => `${name} /1e-20/\n`).join(''));
      signal.throwIfAborted();
      const words = new Listener(program, []);
      const spotter = names.length > 0 ? new Listener(program, ['-kws', file]) : null;
      listeners = [words, ...(spotter ? [spotter] : [])];
      signal.addEventListener('abort', () => {
        for (const listener of listeners) listener.kill();
      });
      await this.#feed(capture, listeners, signal);
      const late = Promise.withResolvers<never>();
      using _timer = clock.setTimeout(() => late.reject(new Error('no words in time')), wordsPatienceMs);
      const [said, spotted] = await Promise.race([Promise.all([words.done, spotter?.done ?? '']), late.promise]);
      if (!signal.aborted) onWords(withNames(readPocketsphinx(said), readSpotted(spotted)), true);
    } catch (error) {
      if (signal.aborted) return;
      logger.warn({ err: error }, 'the recognizer on this host did not understand anything');
      onWords('', true);
    } finally {
      for (const listener of listeners) listener.kill();
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Resolves when the capture has ended. */
  async #feed(capture: KeptCapture, listeners: readonly Listener[], signal: AbortSignal): Promise<void> {
    const ended = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => ended.reject(signal.reason));
    const resampler = new SpeechResampler(capture.rate, rate);
    using _reading = capture.read({
      audio: (pcm) => {
        const speech = resampler.push(pcm);
        for (const listener of listeners) listener.feed(speech);
      },
      ended: () => ended.resolve(),
    });
    await ended.promise;
    const rest = resampler.flush();
    for (const listener of listeners) {
      listener.feed(rest);
      listener.end();
    }
  }

  get #spottable(): string[] {
    const { names, knows } = this.#options;
    const plain = names().map((name) =>
      name
        .toLowerCase()
        .replaceAll(/[^a-z' ]+/g, ' ')
        .trim(),
    );
    return [...new Set(plain)].filter((name) => name !== '' && name.split(/\s+/).every((word) => knows(word)));
  }
}

/** `parley  0.610 1.290 0.893139`: a name, from, to (seconds), how sure. */
const spottedLine = /^(.+?)\s+(\d+\.\d+) (\d+\.\d+) \d+\.\d+$/;

const readSpotted = (output: string): SpottedName[] =>
  output.split('\n').flatMap((line) => {
    const [, name = '', from, to] = spottedLine.exec(line.trim()) ?? [];
    return from === undefined || to === undefined ? [] : [{ name: name.trim(), from: Number(from), to: Number(to) }];
  });
