import type { SpeakerOptions } from './speaker.ts';
import { type HeardItem, Utterance, type UtteranceOutcome } from './utterance.ts';

/** How something said ended. */
export interface SpokenOver {
  readonly heardMs: number;
  /** What was heard of each of the provider's items, in order. */
  readonly items: readonly HeardItem[];
  /** Of its last utterance; null: nothing was ever said. */
  readonly outcome: UtteranceOutcome | null;
}

export interface SpokenListener {
  /** The first audio was handed to voxproc. */
  speaking(): void;
  /** The first frame was sent to the voice server. */
  sounding(trimmedMs: number): void;
  /** All of it was played or cut, and nothing more follows; once. */
  over(over: SpokenOver): void;
}

export interface SpokenOptions extends SpeakerOptions {
  readonly on: SpokenListener;
}

/**
 * One reply as it is heard: an utterance for each response that it takes (a tool call leads to another). It is over when no response
 * follows and all of them were played.
 */
export class Spoken {
  readonly #options: SpokenOptions;
  readonly #utterances: Utterance[] = [];
  readonly #byResponse = new Map<string, Utterance>();
  #speaking = false;
  #sounding = false;
  #complete = false;
  #paused = false;
  #outcome: UtteranceOutcome | null = null;
  #told = false;

  constructor(options: SpokenOptions) {
    this.#options = options;
  }

  /** Whether anything was handed to voxproc. */
  get isSpeaking(): boolean {
    return this.#speaking;
  }

  /** Nothing more of it will be heard. */
  get isOver(): boolean {
    return this.#told;
  }

  get heardMs(): number {
    return this.#utterances.reduce((sum, { playedMs }) => sum + playedMs, 0);
  }

  get items(): readonly HeardItem[] {
    return this.#utterances.flatMap(({ heard }) => heard);
  }

  /** Milliseconds that wait here to be sent. */
  get queuedMs(): number {
    return this.#utterances.reduce((sum, { queuedMs }) => sum + queuedMs, 0);
  }

  utterance(utteranceId: string): Utterance | null {
    return this.#utterances.find((utterance) => utterance.utteranceId === utteranceId) ?? null;
  }

  /** More of a response; s16le mono at `rate` Hz. After `finish` or a cut it goes nowhere. */
  audio(responseId: string, itemId: string, pcm: Uint8Array, rate: number): void {
    if (this.#complete) return;
    const utterance = this.#byResponse.get(responseId) ?? this.#begin(responseId, rate);
    utterance.push(itemId, pcm);
  }

  /** Nothing more of this response follows. */
  responseOver(responseId: string): void {
    this.#byResponse.get(responseId)?.finish();
  }

  /** No other response follows. */
  finish(): void {
    this.#complete = true;
    for (const utterance of this.#utterances) utterance.finish();
    this.#lookOver();
  }

  /** Holds it at once; what comes meanwhile waits behind. */
  async pause(): Promise<void> {
    this.#paused = true;
    await Promise.all(this.#sounds.map((utterance) => utterance.pause()));
  }

  async resume(): Promise<void> {
    this.#paused = false;
    await Promise.all(this.#sounds.map((utterance) => utterance.resume()));
  }

  /** Silences it for good. @returns what was heard of each item */
  async cut(): Promise<readonly HeardItem[]> {
    this.#complete = true;
    await Promise.all(this.#utterances.map((utterance) => utterance.cancel()));
    this.#lookOver();
    return this.items;
  }

  /** The audio process is gone. */
  lost(): void {
    this.#complete = true;
    for (const utterance of this.#utterances) utterance.lost();
    this.#lookOver();
  }

  /** voxproc plays something. */
  alive(): void {
    for (const utterance of this.#utterances) utterance.alive();
  }

  get #sounds(): Utterance[] {
    return this.#utterances.filter(({ isOver }) => !isOver);
  }

  #begin(responseId: string, rate: number): Utterance {
    const { voxproc, clock, newUtteranceId, onOverflow, on } = this.#options;
    const utterance = new Utterance({
      ...{ utteranceId: newUtteranceId(), rate, voxproc, clock },
      on: {
        speaking: () => {
          if (this.#speaking) return;
          this.#speaking = true;
          on.speaking();
        },
        sounding: (trimmedMs) => {
          if (this.#sounding) return;
          this.#sounding = true;
          on.sounding(trimmedMs);
        },
        over: (outcome) => {
          this.#outcome = outcome;
          this.#lookOver();
        },
        overflow: onOverflow,
      },
    });
    this.#utterances.push(utterance);
    this.#byResponse.set(responseId, utterance);
    void utterance.begin().then(async () => {
      if (this.#paused) await utterance.pause();
    });
    return utterance;
  }

  #lookOver(): void {
    if (this.#told || !this.#complete || this.#sounds.length > 0) return;
    this.#told = true;
    this.#options.on.over({ heardMs: this.heardMs, items: this.items, outcome: this.#outcome });
  }
}
