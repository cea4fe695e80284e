import { acceptHello, Channel, type Clock, type Hello } from '@parley/protocol';
import { type Logger, reemitChildLine } from '../log.ts';
import type { ChildExit, ChildPhase } from './child-exit.ts';
import type { ChildHandle } from './child-handle.ts';
import { startHeartbeat } from './heartbeat.ts';
import { settlesWithin } from './settles-within.ts';
import { StderrLines } from './stderr-lines.ts';

/** Bounds of an orderly end, milliseconds: the answer to `shutdown`, the exit after the end of stdin, the exit after SIGTERM. */
export const closeBounds = { shutdownMs: 4000, stdinEndMs: 2000, termMs: 500 } as const;

export interface VoxprocProcessOptions {
  readonly child: ChildHandle;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly logLevel: string;
  /** Extra certificate authority for a loopback voice server. */
  readonly caPem?: string;
}

/**
 * One voxproc child: handshake, heartbeat, stderr, and an end that always comes. `exited` resolves once, after the streams are
 * closed. The child goes by itself when its stdin ends, so it never outlives this process, whatever kills it.
 */
export class VoxprocProcess implements AsyncDisposable {
  readonly pid: number;
  readonly channel: Channel<'supervisor'>;
  readonly exited: Promise<ChildExit>;
  /** CLOCK_MONOTONIC (µs) when the child last gave a sign of life. */
  lastHeardUs: number;
  #options: VoxprocProcessOptions;
  #phase: ChildPhase | 'exited' = 'booting';
  #stderr: StderrLines;
  #bindings: Record<string, string> = {};
  #heartbeat: Disposable | null = null;
  #closing: Promise<ChildExit> | null = null;

  constructor(options: VoxprocProcessOptions) {
    const { child, clock, logger } = options;
    this.#options = options;
    this.pid = child.pid;
    this.lastHeardUs = clock.monotonicUs();
    this.#stderr = new StderrLines(child.stderr, (line) =>
      reemitChildLine(logger, line, { proc: 'voxproc', pid: this.pid, ...this.#bindings }),
    );
    this.channel = new Channel({
      side: 'supervisor',
      readable: child.stdout,
      writable: child.stdin,
      clock,
      report: (report) => logger.warn({ pid: this.pid, report }, 'voxproc sent something unexpected'),
    });
    this.exited = child.exited.then((end) => this.#onExit(end));
    void this.channel.closed.then((end) => this.#onLinkEnd(end.kind));
  }

  get isReady(): boolean {
    return this.#phase === 'ready';
  }

  /** Log bindings of the session this child serves. */
  assign(bindings: Record<string, string>): void {
    this.#bindings = bindings;
  }

  /**
   * Waits for the child's hello and welcomes it.
   * @throws ProtocolError `protocol_mismatch`, `deadline_exceeded`, `link_closed`; the child is then on its way out.
   */
  async boot(): Promise<Hello> {
    const { clock, logLevel, caPem } = this.#options;
    try {
      const hello = await acceptHello(this.channel, { logLevel, ...(caPem === undefined ? {} : { caPem }) }, { clock });
      if (this.#phase === 'booting') {
        this.#phase = 'ready';
        this.lastHeardUs = clock.monotonicUs();
        this.#heartbeat = startHeartbeat(this.channel, clock, {
          answered: () => {
            this.lastHeardUs = clock.monotonicUs();
          },
          silent: () => this.kill('no answer to its pings'),
        });
      }
      return hello;
    } catch (error) {
      this.kill('it did not complete the handshake');
      throw error;
    }
  }

  /** Ends the child at once; `exited` resolves soon after. */
  kill(why: string): void {
    if (this.#phase === 'exited') return;
    this.#options.logger.warn({ pid: this.pid, why, ...this.#bindings }, 'killing voxproc');
    this.#options.child.kill('SIGKILL');
  }

  /** Asks the child to go and makes sure that it does. Never throws; repeated calls share one end. */
  close(reason: string): Promise<ChildExit> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close('disposed');
  }

  async #close(reason: string): Promise<ChildExit> {
    const { child, clock, logger } = this.#options;
    const wasReady = this.#phase === 'ready';
    if (this.#phase !== 'exited') this.#phase = 'closing';
    this.#heartbeat?.[Symbol.dispose]();
    if (wasReady) {
      try {
        await this.channel.request('shutdown', { reason }, { deadlineMs: closeBounds.shutdownMs });
      } catch (error) {
        logger.warn({ pid: this.pid, err: error, ...this.#bindings }, 'voxproc did not answer shutdown');
      }
    }
    child.stdin.end();
    if (await settlesWithin(clock, closeBounds.stdinEndMs, this.exited)) return await this.exited;
    child.kill('SIGTERM');
    if (await settlesWithin(clock, closeBounds.termMs, this.exited)) return await this.exited;
    this.kill('it did not go when asked');
    return await this.exited;
  }

  /** A link that ended while the child lives leaves it useless: its stdin ends, and it has a moment to close its files. */
  #onLinkEnd(kind: string): void {
    if (this.#phase !== 'ready') return;
    const { clock, logger, child } = this.#options;
    logger.warn({ pid: this.pid, kind, ...this.#bindings }, 'the link to voxproc ended');
    child.stdin.end();
    const timer = clock.setTimeout(() => this.kill('its link has ended'), closeBounds.stdinEndMs);
    void this.exited.then(() => timer[Symbol.dispose]());
  }

  #onExit({ code, signal }: { code: number | null; signal: NodeJS.Signals | null }): ChildExit {
    const phase = this.#phase === 'exited' ? 'closing' : this.#phase;
    this.#phase = 'exited';
    this.#heartbeat?.[Symbol.dispose]();
    this.channel.close();
    return { pid: this.pid, code, signal, phase, tail: this.#stderr.tail };
  }
}
