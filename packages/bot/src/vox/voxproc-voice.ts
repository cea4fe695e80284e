import type { Channel, NotificationParams } from '@parley/protocol';

type From<N extends Parameters<Channel<'supervisor'>['onNotification']>[0]> = NotificationParams<'voxproc', N>;

/** What whoever speaks and listens through a voxproc hears of it. Audio is a view of the frame: copy to keep. Must not throw. */
export interface VoxprocVoice {
  speakingStarted(userId: string): void;
  speakingStopped(userId: string): void;
  captureAudio(piece: From<'capture.audio'>): void;
  capturePaused(pause: From<'capture.paused'>): void;
  captureResumed(resumed: From<'capture.resumed'>): void;
  captureEnded(ended: From<'capture.ended'>): void;
  captureOverflow(overflow: From<'capture.overflow'>): void;
  playbackStarted(started: From<'playback.started'>): void;
  playbackProgress(progress: From<'playback.progress'>): void;
  playbackCredit(credit: From<'playback.credit'>): void;
  playbackFinished(finished: From<'playback.finished'>): void;
  musicState(state: From<'music.state'>): void;
  /** The child is gone: its captures, its utterances and its music are over. */
  lost(): void;
}

const forwarded = {
  'speaking.started': (voice, { userId }) => voice.speakingStarted?.(userId),
  'speaking.stopped': (voice, { userId }) => voice.speakingStopped?.(userId),
  'capture.audio': (voice, piece) => voice.captureAudio?.(piece),
  'capture.paused': (voice, pause) => voice.capturePaused?.(pause),
  'capture.resumed': (voice, resumed) => voice.captureResumed?.(resumed),
  'capture.ended': (voice, ended) => voice.captureEnded?.(ended),
  'capture.overflow': (voice, overflow) => voice.captureOverflow?.(overflow),
  'playback.started': (voice, started) => voice.playbackStarted?.(started),
  'playback.progress': (voice, progress) => voice.playbackProgress?.(progress),
  'playback.credit': (voice, credit) => voice.playbackCredit?.(credit),
  'playback.finished': (voice, finished) => voice.playbackFinished?.(finished),
  'music.state': (voice, state) => voice.musicState?.(state),
} as const satisfies {
  readonly [N in Parameters<Channel<'supervisor'>['onNotification']>[0]]?: (
    voice: Partial<VoxprocVoice>,
    params: From<N>,
  ) => void;
};

/** Whoever listens to the voice of a session's voxproc, whichever child that is. */
export class VoiceListeners {
  readonly #voices = new Set<Partial<VoxprocVoice>>();

  /** Each listener hears everything until it is disposed. */
  add(voice: Partial<VoxprocVoice>): Disposable {
    this.#voices.add(voice);
    return { [Symbol.dispose]: () => void this.#voices.delete(voice) };
  }

  /** The child is gone. */
  lost(): void {
    for (const voice of this.#voices) voice.lost?.();
  }

  /** Listens to a child. Disposing ends it. */
  follow(channel: Pick<Channel<'supervisor'>, 'onNotification'>): DisposableStack {
    const scope = new DisposableStack();
    for (const name of Object.keys(forwarded) as (keyof typeof forwarded)[]) {
      const tell = forwarded[name] as (voice: Partial<VoxprocVoice>, params: never) => void;
      scope.use(
        channel.onNotification(name, (params) => {
          for (const voice of this.#voices) tell(voice, params as never);
        }),
      );
    }
    return scope;
  }
}
