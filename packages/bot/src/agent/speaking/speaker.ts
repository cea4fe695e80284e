import type { Clock, NotificationParams } from '@parley/protocol';
import { Spoken, type SpokenListener } from './spoken.ts';
import type { SpeechPort } from './utterance.ts';

export interface SpeakerOptions {
  readonly voxproc: SpeechPort;
  readonly clock: Clock;
  readonly newUtteranceId: () => string;
  readonly onOverflow: (droppedMs: number) => void;
}

type From<N extends 'playback.started' | 'playback.progress' | 'playback.credit' | 'playback.finished'> =
  NotificationParams<'voxproc', N>;

/** Everything the bot says in a session: hands what voxproc tells of an utterance to the one it is about. */
export class Speaker {
  readonly #options: SpeakerOptions;
  readonly #current = new Set<Spoken>();

  constructor(options: SpeakerOptions) {
    this.#options = options;
  }

  /** Something to be said, in one utterance for each response it is made of. */
  open(on: SpokenListener): Spoken {
    const spoken = new Spoken({
      ...this.#options,
      on: {
        ...on,
        over: (over) => {
          this.#current.delete(spoken);
          on.over(over);
        },
      },
    });
    this.#current.add(spoken);
    return spoken;
  }

  started({ utteranceId, trimmedMs }: From<'playback.started'>): void {
    this.#utterance(utteranceId)?.started(trimmedMs);
  }

  progress({ utteranceId, playedMs }: From<'playback.progress'>): void {
    this.#utterance(utteranceId)?.progress(playedMs);
    for (const spoken of this.#current) spoken.alive();
  }

  credit({ utteranceId, ms }: From<'playback.credit'>): void {
    this.#utterance(utteranceId)?.credit(ms);
  }

  finished({ utteranceId, playedMs, trimmedMs, outcome }: From<'playback.finished'>): void {
    this.#utterance(utteranceId)?.finished(playedMs, trimmedMs, outcome);
  }

  /** The audio process is gone. */
  lost(): void {
    for (const spoken of [...this.#current]) spoken.lost();
  }

  #utterance(utteranceId: string) {
    for (const spoken of this.#current) {
      const utterance = spoken.utterance(utteranceId);
      if (utterance) return utterance;
    }
    return null;
  }
}
