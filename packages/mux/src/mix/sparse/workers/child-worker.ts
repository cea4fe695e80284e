import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { MuxError } from '../../../mux-error.ts';
import type { MixChunk, MixedChunk } from '../chunk.ts';
import type { ChunkWorker, MixerAnswer } from './chunk-worker.ts';

/** What a mixing process runs. */
export const mixerProcessPath: string = join(import.meta.dirname, 'mixer-process.ts');

/** How long an idle process may take to end by itself, in ms. */
const GRACE_MS = 2000;
const LAST_WORDS = 2000;

type State =
  | { readonly kind: 'alive' }
  | { readonly kind: 'ending' }
  | { readonly kind: 'dead'; readonly error: MuxError };

/** Mixes in a process of its own, at this one's priority. It dies with this one. */
export class ChildWorker implements ChunkWorker {
  readonly depth = 2;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<MixedChunk>>();
  readonly #closed = Promise.withResolvers<void>();
  #state: State = { kind: 'alive' };
  #lastWords = '';

  /** @param path what to run; another than Parley's own only in tests */
  constructor(path: string = mixerProcessPath) {
    this.#child = fork(path, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--max-semi-space-size=1', '--semi-space-growth-factor=1', '--v8-pool-size=1'],
      env: { ...process.env, MALLOC_ARENA_MAX: '1' },
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = `${this.#lastWords}${text}`.slice(-LAST_WORDS);
    });
    this.#child.on('message', (message) => this.#take(message as MixerAnswer));
    this.#child.once('error', (error) => {
      this.#die(`could not be used: ${error.message}`);
      // What never started does not close either.
      if (this.#child.pid === undefined) this.#closed.resolve();
    });
    this.#child.once('exit', (code, signal) => {
      const end = (): void => {
        this.#die(signal === null ? `ended with ${code}` : `was killed by ${signal}`);
        this.#closed.resolve();
      };
      // Its last words may still be on their way; 'close' does not come after a disconnect.
      const { stderr } = this.#child;
      if (stderr === null || stderr.closed) end();
      else stderr.once('close', end);
    });
  }

  mix(chunk: MixChunk): Promise<MixedChunk> {
    if (this.#state.kind === 'dead') return Promise.reject(this.#state.error);
    if (this.#state.kind === 'ending') throw new Error('ChildWorker.mix: it is disposed');
    const waiting = Promise.withResolvers<MixedChunk>();
    this.#waiting.set(chunk.index, waiting);
    this.#child.send(chunk, (error) => {
      if (error !== null) this.#die(`takes no more work: ${error.message}`);
    });
    return waiting.promise;
  }

  /** Ends the process: at once when it still has work, else it may leave by itself. Resolves when it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    const busy = this.#waiting.size > 0;
    if (this.#state.kind === 'alive') this.#state = { kind: 'ending' };
    if (this.#child.connected) this.#child.disconnect();
    if (busy) this.#child.kill('SIGKILL');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
    await this.#closed.promise;
    clearTimeout(timer);
  }

  #take(answer: MixerAnswer): void {
    if (answer.type === 'failed') {
      this.#die(`failed: ${answer.message}`);
      return;
    }
    this.#waiting.get(answer.chunk.index)?.resolve(answer.chunk);
    this.#waiting.delete(answer.chunk.index);
  }

  #die(how: string): void {
    if (this.#state.kind === 'dead') return;
    const error = new MuxError('mixer_failed', `A mixing process ${how}. ${this.#lastWords}`.trim());
    this.#state = { kind: 'dead', error };
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
