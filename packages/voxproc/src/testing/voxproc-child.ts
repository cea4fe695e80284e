import { type ChildProcess, spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import {
  acceptHello,
  Channel,
  type Hello,
  type LinkEnd,
  type NotificationName,
  type NotificationParams,
  type Welcome,
} from '@parley/protocol';

const entry = fileURLToPath(new URL('../main.ts', import.meta.url));

type Told = {
  [N in NotificationName<'voxproc'>]: { readonly name: N; readonly params: NotificationParams<'voxproc', N> };
}[NotificationName<'voxproc'>];

const names = [
  'gateway.send',
  'connection.state',
  'speaking.started',
  'speaking.stopped',
  'segment.opened',
  'segment.closed',
  'recording.hole',
  'recording.ended',
  'participant.left',
  'playback.started',
  'playback.progress',
  'playback.credit',
  'playback.finished',
  'music.state',
  'stats',
  'warning',
  'fatal',
] as const satisfies readonly NotificationName<'voxproc'>[];

/** A real voxproc as a child process, and the supervisor's end of its link. Keeps what it was told. */
export class VoxprocChild implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly channel: Channel<'supervisor'>;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Everything the child told, in order. */
  readonly told: Told[] = [];
  /** What it wrote to stderr. */
  stderr = '';
  #watchers = new Set<() => void>();

  /** `execArgv`: options of Node itself. */
  constructor({ execArgv = [] }: { readonly execArgv?: readonly string[] } = {}) {
    this.process = spawn(process.execPath, [...execArgv, entry], { stdio: ['pipe', 'pipe', 'pipe'] });
    const { stdin, stdout, stderr } = this.process;
    if (!(stdin instanceof Writable) || !(stdout instanceof Readable) || !(stderr instanceof Readable)) {
      throw new TypeError('voxproc was spawned without pipes');
    }
    const { promise, resolve } = Promise.withResolvers<{ code: number | null; signal: NodeJS.Signals | null }>();
    this.process.once('close', (code, signal) => resolve({ code, signal }));
    this.exited = promise;
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#look();
    });
    stdin.on('error', () => {});
    this.channel = new Channel({ side: 'supervisor', readable: stdout, writable: stdin });
    for (const name of names) this.#keep(name);
    void promise.then(() => this.#look());
  }

  /** Answers the child's hello. */
  async welcome(welcome: Partial<Omit<Welcome, 'protocol'>> = {}): Promise<Hello> {
    return await acceptHello(this.channel, { logLevel: 'debug', ...welcome });
  }

  /** How the link ended. */
  get ended(): Promise<LinkEnd> {
    return this.channel.closed;
  }

  /** Everything told under one name. */
  all<N extends NotificationName<'voxproc'>>(name: N): NotificationParams<'voxproc', N>[] {
    return this.told
      .filter((told) => told.name === name)
      .map((told) => told.params as NotificationParams<'voxproc', N>);
  }

  /** Resolves with what `check` finds, looking again after everything told or logged. Rejects after `timeoutMs` with what was told. */
  async until<T>(what: string, check: () => T | null | undefined | false, timeoutMs = 30_000): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const look = () => {
      const found = check();
      if (found !== null && found !== undefined && found !== false) resolve(found);
    };
    const timer = setTimeout(() => {
      const told = this.told.map(({ name, params }) => `${name} ${JSON.stringify(params)}`).join('\n');
      reject(new Error(`not within ${timeoutMs} ms: ${what}\n${told}\n${this.stderr}`));
    }, timeoutMs);
    this.#watchers.add(look);
    try {
      look();
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(look);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.channel.close();
    this.process.stdin?.end();
    const kill = setTimeout(() => this.process.kill('SIGKILL'), 5000);
    await this.exited;
    clearTimeout(kill);
  }

  #keep<N extends (typeof names)[number]>(name: N): void {
    this.channel.onNotification(name, (params) => {
      this.told.push({ name, params } as Told);
      this.#look();
    });
  }

  #look(): void {
    for (const look of [...this.#watchers]) look();
  }
}
