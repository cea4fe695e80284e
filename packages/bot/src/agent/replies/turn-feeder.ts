import type { KeptCapture } from '../hearing/kept-capture.ts';
import type { ProviderCapabilities, ProviderSession } from '../provider/realtime-provider.ts';

export interface TurnFeederOptions {
  readonly capabilities: Pick<ProviderCapabilities, 'answersTurnsItself' | 'interruptsOnInput'>;
  /** The conversation, where it is open. */
  readonly session: () => ProviderSession | null;
  /** What the model is told before it hears this person; null: nothing. */
  readonly introduce: (userId: string) => string | null;
  /** All of a capture is with the provider, which will name it by `turnId`. */
  readonly onFed: (captureId: string, turnId: string | null) => void;
}

interface Given {
  readonly kept: KeptCapture;
  /** Somebody waits for its answer. */
  wanted: boolean;
}

interface Feeding extends Given {
  reading: Disposable;
}

/**
 * Gives captures to a model that hears one voice at a time: as they are said, one after the other. What is finished and waited for
 * goes before what is still being said; that is taken back and said again from its beginning.
 */
export class TurnFeeder {
  readonly #options: TurnFeederOptions;
  #waiting: Given[] = [];
  #feeding: Feeding | null = null;
  /** With the provider, but in a turn that has not ended: a model that answers by itself is not let go before it is asked. */
  #unended: Given[] = [];
  #fed = new Set<string>();
  #held = false;
  #lastSpeaker: string | null = null;

  constructor(options: TurnFeederOptions) {
    this.#options = options;
  }

  /** This capture is for the model: what was kept of it, and what comes. */
  give(kept: KeptCapture): void {
    if (this.#has(kept.captureId)) return;
    this.#waiting.push({ kept, wanted: false });
    this.pump();
  }

  /** Whether all of a capture is with the provider. */
  isFed(captureId: string): boolean {
    return this.#fed.has(captureId) || this.#unended.some(({ kept }) => kept.captureId === captureId);
  }

  /**
   * An answer to these is wanted.
   * @returns whether they are all with the provider, so that it can be asked
   */
  want(captureIds: readonly string[]): boolean {
    for (const given of [...this.#waiting, ...(this.#feeding ? [this.#feeding] : [])]) {
      if (captureIds.includes(given.kept.captureId)) given.wanted = true;
    }
    this.pump();
    return captureIds.every((captureId) => this.isFed(captureId) || !this.#has(captureId));
  }

  /** The model is about to be asked: of one that answers by itself this is how. */
  endTurn(): void {
    if (this.#unended.length === 0) return;
    const turnId = this.#options.session()?.endTurn() ?? null;
    for (const { kept } of this.#unended) this.#done(kept, turnId);
    this.#unended = [];
  }

  /** What is said now would stop the model: it waits. */
  hold(held: boolean): void {
    this.#held = held && this.#options.capabilities.interruptsOnInput;
    this.pump();
  }

  /** Nothing more of a capture goes to the provider, and what can be taken back of it is. */
  takeBack(captureId: string): void {
    this.#waiting = this.#waiting.filter(({ kept }) => kept.captureId !== captureId);
    this.#fed.delete(captureId);
    const wasFeeding = this.#feeding?.kept.captureId === captureId;
    const wasUnended = this.#unended.some(({ kept }) => kept.captureId === captureId);
    if (!wasFeeding && !wasUnended) return;
    // A turn is taken back as a whole: what else is in it is said again.
    const again = [...this.#unended, ...(this.#feeding ? [this.#feeding] : [])];
    this.#feeding?.reading[Symbol.dispose]();
    this.#feeding = null;
    this.#unended = [];
    this.#options.session()?.clearTurn();
    this.#waiting.unshift(...again.filter(({ kept }) => kept.captureId !== captureId));
    this.pump();
  }

  /** A conversation that knows nothing of what was being said has begun: it is said again. */
  restart(): void {
    const again = [...this.#unended, ...(this.#feeding ? [this.#feeding] : [])];
    this.#feeding?.reading[Symbol.dispose]();
    this.#feeding = null;
    this.#unended = [];
    this.#lastSpeaker = null;
    this.#waiting.unshift(...again);
    this.pump();
  }

  /** Goes on as far as it can. */
  pump(): void {
    if (this.#held || this.#options.session() === null) return;
    this.#preempt();
    while (this.#feeding === null) {
      const next = this.#waiting.find(isReady) ?? this.#waiting[0];
      if (next === undefined) return;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      if (!next.kept.isGone) this.#feed(next);
    }
  }

  /** What somebody is still saying makes room for what somebody waits for an answer to. */
  #preempt(): void {
    const { answersTurnsItself } = this.#options.capabilities;
    if (this.#feeding === null || this.#feeding.wanted || answersTurnsItself || !this.#waiting.some(isReady)) return;
    const { kept, wanted, reading } = this.#feeding;
    reading[Symbol.dispose]();
    this.#feeding = null;
    this.#options.session()?.clearTurn();
    this.#waiting.push({ kept, wanted });
  }

  #feed(given: Given): void {
    const session = this.#options.session();
    if (session === null) return;
    if (this.#unended.length === 0) {
      this.#introduce(session, given.kept.userId);
      session.beginTurn();
    }
    const feeding: Feeding = { ...given, reading: { [Symbol.dispose]: () => undefined } };
    this.#feeding = feeding;
    const reading = given.kept.read({
      audio: (pcm) => this.#options.session()?.appendAudio(pcm),
      ended: () => this.#ended(feeding),
    });
    feeding.reading = reading;
  }

  #ended(feeding: Feeding): void {
    if (this.#feeding !== feeding) return;
    this.#feeding = null;
    if (this.#options.capabilities.answersTurnsItself) {
      this.#unended.push(feeding);
      this.#options.onFed(feeding.kept.captureId, null);
    } else {
      this.#done(feeding.kept, this.#options.session()?.endTurn() ?? null);
    }
    this.pump();
  }

  #done({ captureId }: KeptCapture, turnId: string | null): void {
    this.#fed.add(captureId);
    if (this.#fed.size > rememberedFed) this.#fed.delete([...this.#fed][0] ?? '');
    this.#options.onFed(captureId, turnId);
  }

  #introduce(session: ProviderSession, userId: string): void {
    if (this.#lastSpeaker === userId) return;
    this.#lastSpeaker = userId;
    const text = this.#options.introduce(userId);
    if (text !== null) session.addText({ role: 'system', text });
  }

  #has(captureId: string): boolean {
    const all = [...this.#waiting, ...this.#unended, ...(this.#feeding ? [this.#feeding] : [])];
    return this.#fed.has(captureId) || all.some(({ kept }) => kept.captureId === captureId);
  }
}

/** Captures of which it is remembered that the provider has them. */
const rememberedFed = 256;

const isReady = ({ kept, wanted }: Given): boolean => wanted && kept.hasEnded;
