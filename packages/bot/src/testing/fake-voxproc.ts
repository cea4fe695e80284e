import { PassThrough } from 'node:stream';
import {
  Channel,
  type Connected,
  type NotificationName,
  type NotificationParams,
  ProtocolError,
  type RequestName,
  type RequestParams,
  type RequestResult,
  type Stats,
  sayHello,
} from '@parley/protocol';
import type { ChildHandle } from '../vox/child-handle.ts';

type Name = RequestName<'supervisor'>;
type Handlers = { [N in Name]?: (params: RequestParams<'supervisor', N>) => unknown };

/** How a fake voxproc behaves where it does not behave well. */
export interface FakeVoxprocScript {
  /** `false`: it never says hello; a promise: when it resolves. */
  readonly hello?: false | Promise<void>;
  /** Whether it goes on `shutdown` and when its stdin ends; default true. */
  readonly goesWhenAsked?: boolean;
  /** Answers instead of the usual ones; may throw a ProtocolError, or never settle. */
  readonly on?: Handlers;
}

export const someStats: Stats = {
  connection: 'ready',
  uptimeMs: 1,
  rssBytes: 1,
  loopDelayP99Ms: 1,
  received: 0,
  written: 0,
  lost: 0,
  unattributed: 0,
  dropped: {},
  speakers: 0,
  openSegments: 0,
  writeQueueBytes: 0,
  slowestWriteMs: 0,
  freeBytes: null,
  dave: { version: 1, ready: true, privacyCode: '12345' },
  lanes: { control: 0, dropped: 0 },
};

let lastPid = 100_000;

/**
 * A voxproc that lives in this process: the real protocol over streams, nothing of Discord behind it. It joins, records and leaves on
 * paper and keeps what it was asked.
 */
export class FakeVoxproc implements ChildHandle {
  readonly pid: number;
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly exited: ChildHandle['exited'];
  readonly channel: Channel<'voxproc'>;
  /** Every request, in order. */
  readonly asked: { readonly name: Name; readonly params: unknown }[] = [];
  /** Every notification, in order. */
  readonly heard: { readonly name: string; readonly params: unknown }[] = [];
  readonly signals: NodeJS.Signals[] = [];
  recording: string | null = null;
  #script: FakeVoxprocScript;
  #exit = Promise.withResolvers<{ code: number | null; signal: NodeJS.Signals | null }>();
  #gone = false;

  constructor(script: FakeVoxprocScript = {}) {
    lastPid += 1;
    this.pid = lastPid;
    this.#script = script;
    this.exited = this.#exit.promise;
    this.channel = new Channel({ side: 'voxproc', readable: this.stdin, writable: this.stdout });
    this.#answer();
    this.#listen();
    this.stdin.on('end', () => {
      if (script.goesWhenAsked !== false) this.exit(75);
    });
    void this.#greet();
  }

  get isGone(): boolean {
    return this.#gone;
  }

  kill(signal: NodeJS.Signals): void {
    this.signals.push(signal);
    if (signal === 'SIGKILL') this.#end(null, signal);
  }

  /** It goes by itself. */
  exit(code: number): void {
    this.#end(code, null);
  }

  tell<N extends NotificationName<'voxproc'>>(name: N, params: NotificationParams<'voxproc', N>): void {
    this.channel.notify(name, params);
  }

  /** Parameters of the requests of a name. */
  all<N extends Name>(name: N): RequestParams<'supervisor', N>[] {
    return this.asked.filter((request) => request.name === name).map(({ params }) => params as never);
  }

  async #greet(): Promise<void> {
    const { hello } = this.#script;
    if (hello === false) return;
    await hello;
    if (this.#gone) return;
    await sayHello(this.channel, { version: '0', pid: this.pid, node: '24', capabilities: [] }).catch(() => undefined);
  }

  #answer(): void {
    const usual: Handlers = {
      ping: ({ seq }) => ({ seq, loopDelayP99Ms: 1, controlQueued: 0, rssBytes: 1 }),
      'session.join': ({ target, recording }) => {
        this.recording = recording?.recordingSessionId ?? null;
        return connectedTo(target.channelId);
      },
      'session.move': ({ channelId }) => {
        if (this.recording) throw new ProtocolError('already_recording', 'a recording is running');
        return connectedTo(channelId);
      },
      'session.leave': () => ({ summary: this.#stop() }),
      'recording.start': ({ recording }) => {
        this.recording = recording.recordingSessionId;
        return { sample: 10 };
      },
      'recording.pause': () => ({ sample: 10 }),
      'recording.resume': () => ({ sample: 10 }),
      'recording.stop': () => {
        const summary = this.#stop();
        if (!summary) throw new ProtocolError('not_recording', 'no recording is running');
        return { summary };
      },
      'recording.exclude': () => ({ closedSegmentId: null, discarded: 0 }),
      'recording.include': () => ({}),
      'sound.play': () => ({ playedMs: 1000, droppedFrames: 0 }),
      'music.play': () => ({}),
      'music.pause': () => ({ positionMs: 0 }),
      'music.resume': () => ({ positionMs: 0 }),
      'music.stop': () => ({ positionMs: 0 }),
      'music.gain': () => ({}),
      'voice.test': () => ({ heardMs: 1000, playedMs: 1000, received: 50, lost: 0, unusable: 0 }),
      'stats.get': () => someStats,
      shutdown: () => {
        const summary = this.#stop();
        if (this.#script.goesWhenAsked !== false) setImmediate(() => this.exit(0));
        return { summary };
      },
    };
    for (const name of Object.keys(usual) as Name[]) {
      this.channel.onRequest(name, (params) => {
        if (name !== 'ping') this.asked.push({ name, params });
        const handler = (this.#script.on?.[name] ?? usual[name]) as (params: unknown) => never;
        return handler(params) as RequestResult<'supervisor', typeof name>;
      });
    }
  }

  #listen(): void {
    for (const name of ['gateway.voiceState', 'gateway.voiceServer', 'gateway.available', 'roster.changed'] as const) {
      this.channel.onNotification(name, (params) => void this.heard.push({ name, params }));
    }
  }

  #stop() {
    const recordingSessionId = this.recording;
    this.recording = null;
    if (recordingSessionId === null) return null;
    const none = { segments: 0, received: 0, written: 0, dropped: {}, lost: 0, unattributed: 0, speakers: 0 };
    return { recordingSessionId, endSample: 48_000, ...none };
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#gone) return;
    this.#gone = true;
    this.stdout.end();
    this.stderr.end();
    this.stdin.destroy();
    this.channel.close();
    setImmediate(() => this.#exit.resolve({ code, signal }));
  }
}

const connectedTo = (channelId: string): Connected => ({
  channelId,
  encryptionMode: 'aead_aes256_gcm_rtpsize',
  daveVersion: 1,
  timings: { serverMs: 1, readyMs: 2 },
});
