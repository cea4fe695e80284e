import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** One line of the bot's log. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [key: string]: unknown;
}

/** The real bot as a child process. Its log is read, its words are the demo's to show. */
export class BotProcess implements AsyncDisposable {
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** The last lines of the log, for when something went wrong. */
  readonly tail: string[] = [];
  #child: ChildProcess;
  #listeners = new Set<(line: LogLine) => void>();
  #readers = new Set<(text: string) => void>();

  /** `cwd`: where it looks for `.env` and `parley.config.json`; the folder of this process by default. */
  constructor(environment: NodeJS.ProcessEnv, cwd = process.cwd()) {
    const main = fileURLToPath(new URL('../../packages/bot/src/main.ts', import.meta.url));
    this.#child = spawn(process.execPath, [main], { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.exited = new Promise((resolve) => this.#child.once('exit', (code, signal) => resolve({ code, signal })));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (text) => this.#read(text));
    }
  }

  onLine(listener: (line: LogLine) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Hears everything it prints, line by line, whether it is of the log or not. */
  onText(reader: (text: string) => void): Disposable {
    this.#readers.add(reader);
    return { [Symbol.dispose]: () => void this.#readers.delete(reader) };
  }

  /**
   * Resolves with the first line that fits.
   * @throws Error when the bot ends or `timeoutMs` pass before.
   */
  async waitForLine(what: string, fits: (line: LogLine) => boolean, timeoutMs: number): Promise<LogLine> {
    using scope = new DisposableStack();
    const { promise, resolve, reject } = Promise.withResolvers<LogLine>();
    scope.use(this.onLine((line) => fits(line) && resolve(line)));
    const timer = setTimeout(
      () => reject(new Error(`the bot did not say "${what}" within ${timeoutMs} ms`)),
      timeoutMs,
    );
    scope.defer(() => clearTimeout(timer));
    void this.exited.then(({ code, signal }) =>
      reject(new Error(`the bot ended (${signal ?? code}) before "${what}"`)),
    );
    return await promise;
  }

  /** Process id of the bot. */
  get pid(): number {
    return this.#child.pid ?? -1;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Asks it to end and waits; ends it by force after 15 s. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 15_000);
    await this.exited;
    clearTimeout(timer);
  }

  #read(text: string): void {
    this.tail.push(text);
    if (this.tail.length > 50) this.tail.shift();
    for (const reader of this.#readers) reader(text);
    let line: LogLine;
    try {
      line = JSON.parse(text) as LogLine;
    } catch {
      return;
    }
    for (const listener of this.#listeners) listener(line);
  }
}
