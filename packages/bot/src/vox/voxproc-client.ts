import {
  type Clock,
  type Connected,
  type NotificationParams,
  ProtocolError,
  type RequestName,
  type RequestOptions,
  type RequestParams,
  type RequestResult,
  type RosterEntry,
} from '@parley/protocol';
import type { Logger } from '../log.ts';
import type { Background } from './background.ts';
import type { ChildExit } from './child-exit.ts';
import { CrashBudget } from './crash-budget.ts';
import { settlesWithin } from './settles-within.ts';
import { forwardNotifications, type VoxprocEvents } from './voxproc-events.ts';
import type { VoxprocPool } from './voxproc-pool.ts';
import type { VoxprocProcess } from './voxproc-process.ts';
import { VoiceListeners, type VoxprocVoice } from './voxproc-voice.ts';

export type JoinParams = RequestParams<'supervisor', 'session.join'>;

export interface VoxprocClientOptions {
  readonly pool: VoxprocPool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  /** Log bindings of the session, given to its children too. */
  readonly bindings: Record<string, string>;
  readonly events: VoxprocEvents;
  /** What a child that takes over after a crash is told to join; asked anew each time. */
  readonly rejoin: () => JoinParams | Promise<JoinParams>;
}

/** What a child had not written yet when it died: its pages go out every 500 ms (03 §2). */
const unwrittenUs = 500_000;
/** A child that answered within this time before its death was recording until then; ping interval and some slack. */
const freshUs = 1_500_000;

/**
 * Until when what a child captured is surely on the disk: µs of CLOCK_MONOTONIC. One that hung before it was killed counts from its
 * last word.
 */
const lastCapturedUs = (lastHeardUs: number, clock: Clock): number => {
  const nowUs = clock.monotonicUs();
  return (nowUs - lastHeardUs > freshUs ? lastHeardUs : nowUs) - unwrittenUs;
};

interface Attached {
  /** `joining`: the first join; `rejoining`: after a crash; `live`: in the channel. */
  readonly kind: 'joining' | 'rejoining' | 'live';
  readonly process: VoxprocProcess;
  readonly scope: DisposableStack;
}

type ClientState = Attached | { readonly kind: 'new' | 'respawning' | 'over' };

/**
 * One session's voxproc, whichever child that is at the moment. A child that dies in a joined session is replaced and sent back into
 * the same channel and recording, at most three times in a minute; the stretch nobody captured is reported as `respawned`.
 */
export class VoxprocClient implements AsyncDisposable {
  #options: VoxprocClientOptions;
  #current: ClientState = { kind: 'new' };
  #change = Promise.withResolvers<void>();
  #budget: CrashBudget;
  #voices = new VoiceListeners();
  #available = true;
  #left = false;

  constructor(options: VoxprocClientOptions) {
    this.#options = options;
    this.#budget = new CrashBudget(options.clock);
  }

  /** Whether a child is in the channel: false between a crash and the end of the respawn. */
  get isLive(): boolean {
    return this.#state.kind === 'live';
  }

  /** Whether the last child ended in order: then it has left the channel itself. */
  get hasLeft(): boolean {
    return this.#left;
  }

  /** The child of the moment, for logs. */
  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** Until when what the child of the moment captured is surely on the disk: µs of CLOCK_MONOTONIC. null: there is none. */
  get capturedUs(): number | null {
    const process = this.#process;
    return process && lastCapturedUs(process.lastHeardUs, this.#options.clock);
  }

  /** Gives this client its first child, booted; from here on the client owns it. */
  adopt(process: VoxprocProcess): void {
    if (this.#state.kind !== 'new') throw new TypeError('VoxprocClient.adopt: it has had a child already');
    this.#attach(process, 'joining');
  }

  /** Joins with the first child. A crash before the answer is a failed join, not a respawn. @throws ProtocolError */
  async join(params: JoinParams, options?: RequestOptions): Promise<Connected> {
    const state = this.#state;
    if (state.kind !== 'joining') throw new ProtocolError('link_closed', 'session.join: voxproc is gone');
    const connected = await state.process.channel.request('session.join', params, options);
    if (!this.#goLive(state)) throw new ProtocolError('link_closed', 'session.join: voxproc ended while joining');
    return connected;
  }

  /** @throws ProtocolError; `link_closed` while no child is in the channel. */
  async request<N extends RequestName<'supervisor'>>(
    name: N,
    params: RequestParams<'supervisor', N>,
    options?: RequestOptions,
  ): Promise<RequestResult<'supervisor', N>> {
    if (this.#state.kind !== 'live') throw new ProtocolError('link_closed', `${name}: voxproc is not there now`);
    return await this.#state.process.channel.request(name, params, options);
  }

  /** Has somebody hear what is captured and played, of every child until disposed. */
  listen(voice: Partial<VoxprocVoice>): Disposable {
    return this.#voices.add(voice);
  }

  /** Audio of an utterance, within its credit; while no child is in the channel it goes nowhere. */
  speechAudio(audio: NotificationParams<'supervisor', 'speech.audio'>): void {
    if (this.#state.kind === 'live') this.#state.process.channel.notify('speech.audio', audio);
  }

  voiceState(data: Record<string, unknown>): void {
    this.#process?.channel.notify('gateway.voiceState', { data });
  }

  voiceServer(data: Record<string, unknown>): void {
    this.#process?.channel.notify('gateway.voiceServer', { data });
  }

  /** Whether the shard can take a voice state update; remembered for later children. */
  gatewayAvailable(available: boolean): void {
    this.#available = available;
    this.#process?.channel.notify('gateway.available', { available });
  }

  rosterChanged(entry: RosterEntry): void {
    this.#process?.channel.notify('roster.changed', entry);
  }

  /** Kills a child that no longer does what it must, so that a fresh one takes over. Resolves when the old one is gone. */
  async replace(why: string): Promise<void> {
    const process = this.#process;
    process?.kill(why);
    await process?.exited;
  }

  /** Waits while a join or a respawn is under way. @returns whether a child is in the channel then. */
  async settled(): Promise<'live' | 'not_live'> {
    while (['joining', 'rejoining', 'respawning'].includes(this.#state.kind)) await this.#change.promise;
    return this.#state.kind === 'live' ? 'live' : 'not_live';
  }

  /** Ends the child in order, or kills it when it is not gone `withinMs`, and stops respawning. Never throws. */
  async close(reason: string, withinMs?: number): Promise<void> {
    const state = this.#state;
    this.#state = { kind: 'over' };
    if (!('process' in state)) return;
    const closing = state.process.close(reason);
    if (withinMs !== undefined && !(await settlesWithin(this.#options.clock, withinMs, closing))) {
      state.process.kill('it did not close in time');
    }
    const exit = await closing;
    this.#left = exit.code === 0;
    state.scope.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close('disposed');
  }

  get #state(): ClientState {
    return this.#current;
  }

  set #state(state: ClientState) {
    this.#current = state;
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }

  get #process(): VoxprocProcess | null {
    return 'process' in this.#state ? this.#state.process : null;
  }

  #attach(process: VoxprocProcess, kind: 'joining' | 'rejoining'): Attached {
    const { bindings, clock, events } = this.#options;
    process.assign(bindings);
    const scope = forwardNotifications(process.channel, events, () => {
      process.lastHeardUs = clock.monotonicUs();
    });
    scope.use(this.#voices.follow(process.channel));
    const state: Attached = { kind, process, scope };
    this.#state = state;
    process.channel.notify('gateway.available', { available: this.#available });
    void process.exited.then((exit) => this.#onExit(process, exit));
    return state;
  }

  #onExit(process: VoxprocProcess, exit: ChildExit): void {
    const state = this.#state;
    if (!('process' in state) || state.process !== process) return;
    state.scope.dispose();
    const { background, bindings, clock, logger } = this.#options;
    if (state.kind === 'joining') {
      this.#state = { kind: 'over' };
      logger.error({ ...bindings, exit }, 'voxproc ended while it was joining');
      return;
    }
    this.#state = { kind: 'respawning' };
    this.#voices.lost();
    if (state.kind === 'live') {
      background.run(
        'voxproc respawn',
        () => this.#respawn(exit, lastCapturedUs(process.lastHeardUs, clock)),
        bindings,
      );
    }
  }

  async #respawn(first: ChildExit, lastCaptureUs: number): Promise<void> {
    const { bindings, clock, events, logger } = this.#options;
    let exit = first;
    for (;;) {
      logger.error({ ...bindings, exit }, 'voxproc crashed');
      if (!this.#budget.crashed()) {
        this.#state = { kind: 'over' };
        events.failed(exit);
        return;
      }
      events.crashed(exit);
      const startedUs = clock.monotonicUs();
      const next = await this.#rejoin();
      if (next === 'over') return;
      if (next === 'live') {
        const readyUs = clock.monotonicUs();
        events.respawned({ lastCaptureUs, readyUs, tookMs: (readyUs - startedUs) / 1000 });
        return;
      }
      exit = next;
    }
  }

  /** One attempt. @returns the exit of a child that did not make it. */
  async #rejoin(): Promise<'live' | 'over' | ChildExit> {
    const { bindings, logger, pool, rejoin } = this.#options;
    let process: VoxprocProcess;
    try {
      process = await pool.take();
    } catch (error) {
      return this.#state.kind === 'over'
        ? 'over'
        : { pid: 0, code: null, signal: null, phase: 'booting', tail: [String(error)] };
    }
    if (this.#isOver) {
      await process.close('the session has ended');
      return 'over';
    }
    const state = this.#attach(process, 'rejoining');
    try {
      await process.channel.request('session.join', await rejoin());
    } catch (error) {
      logger.error({ ...bindings, pid: process.pid, err: error }, 'the respawned voxproc could not join');
      const exit = await process.close('it could not join');
      return this.#isOver ? 'over' : exit;
    }
    return this.#goLive(state) ? 'live' : this.#isOver ? 'over' : await process.exited;
  }

  /** After an await: only the attempt that is still current may go live. */
  #goLive(attempt: Attached): boolean {
    if (this.#state !== attempt) return false;
    this.#state = { ...attempt, kind: 'live' };
    return true;
  }

  get #isOver(): boolean {
    return this.#state.kind === 'over';
  }
}
