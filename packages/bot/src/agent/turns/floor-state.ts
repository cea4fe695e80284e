import type { AddressReason } from './address-reason.ts';
import type { FloorConfig, FloorPerson } from './floor-types.ts';

/** A stretch of one person's speech, from its start until its turn is answered or it is discarded. */
export interface Heard {
  readonly captureId: string;
  readonly userId: string;
  readonly startedAt: number;
  readonly loudMs: number;
  /** When something of it was told last. */
  readonly newsAt: number;
  /** Highest of it so far; null: the bot has played nothing. */
  readonly echo: number | null;
  readonly text: string;
  /** No more words will come. */
  readonly final: boolean;
  readonly guess: number | null;
  readonly paused: { readonly at: number; readonly cause: 'silence_frames' | 'no_packets' } | null;
  /** The model has it. */
  readonly given: boolean;
  /** Why it is for the bot, once that is known. */
  readonly why: AddressReason | null;
  /**
   * Spoken over the bot: still being judged, judged and passed over, or it took the floor. `late`: passed over before anybody could tell
   * its words, and to be judged by them now that the bot is silent.
   */
  readonly overlap: 'none' | 'judging' | 'passed' | 'took_floor' | 'late';
  readonly resumed: boolean;
  readonly endedAt: number | null;
}

/** Something to be answered. */
export interface Turn {
  readonly turnId: string;
  /** What it is made of, in the order it came. */
  readonly said: readonly { readonly captureId: string; readonly userId: string }[];
  readonly why: AddressReason;
  readonly readyAt: number;
}

/** `asked` and `started`: not heard yet, so that it can be withdrawn; `speaking`: it is heard. */
export interface Reply {
  readonly turn: Turn;
  readonly phase: 'asked' | 'started' | 'speaking';
  /** The model has said all of it. */
  readonly generated: boolean;
  /** When something of it was told last. */
  readonly newsAt: number;
}

export type Speech =
  | { readonly phase: 'silent' }
  | { readonly phase: 'speaking' }
  | { readonly phase: 'paused'; readonly at: number; readonly captureId: string }
  /** The bot was cut off; what waited is being dropped. */
  | { readonly phase: 'cut'; readonly at: number };

/** Whose words a turn is made of, each once. */
export const speakersOf = ({ said }: Turn): string[] => [...new Set(said.map(({ userId }) => userId))];
/** The captures of a turn, each once. */
export const capturesOf = ({ said }: Turn): string[] => [...new Set(said.map(({ captureId }) => captureId))];

/** How a person and the bot stand. */
export interface Acquaintance {
  /** Until when what this person says is a reply to the bot. */
  readonly engagedUntil: number;
  readonly wokeAt: number;
  /** Usual pause in the middle of a turn, ms. */
  readonly usualPauseMs: number | null;
  /** When a turn of theirs was ended before the ceiling; what follows at once shows that it was too early. */
  readonly endedEarlyAt: number;
}

export interface FloorState {
  readonly config: FloorConfig;
  readonly people: readonly FloorPerson[];
  readonly heard: ReadonlyMap<string, Heard>;
  readonly known: ReadonlyMap<string, Acquaintance>;
  /** Ready to be answered, in the order they became it. */
  readonly queue: readonly Turn[];
  readonly reply: Reply | null;
  readonly speech: Speech;
  readonly music: boolean;
  readonly turns: number;
}

const stranger: Acquaintance = {
  engagedUntil: Number.NEGATIVE_INFINITY,
  wokeAt: Number.NEGATIVE_INFINITY,
  usualPauseMs: null,
  endedEarlyAt: Number.NEGATIVE_INFINITY,
};

export const acquaintanceOf = ({ known }: Pick<FloorState, 'known'>, userId: string): Acquaintance =>
  known.get(userId) ?? stranger;

/** A room in which nothing has been said. */
export const emptyFloor = (config: FloorConfig): FloorState => ({
  config,
  people: [],
  heard: new Map(),
  known: new Map(),
  queue: [],
  reply: null,
  speech: { phase: 'silent' },
  music: false,
  turns: 0,
});
