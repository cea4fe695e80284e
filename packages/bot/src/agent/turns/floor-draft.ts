import { type Acquaintance, acquaintanceOf, type FloorState, type Heard, speakersOf } from './floor-state.ts';
import type { FloorEffect } from './floor-types.ts';

/** A floor being changed by one event: a copy that `stepFloor` hands from rule to rule, and what is to be done. */
export class FloorDraft {
  readonly nowMs: number;
  readonly effects: FloorEffect[] = [];
  config: FloorState['config'];
  people: FloorState['people'];
  queue: FloorState['queue'];
  reply: FloorState['reply'];
  speech: FloorState['speech'];
  music: boolean;
  turns: number;
  readonly heard: Map<string, Heard>;
  readonly known: Map<string, Acquaintance>;

  constructor(state: FloorState, nowMs: number) {
    this.nowMs = nowMs;
    this.config = state.config;
    this.people = state.people;
    this.queue = state.queue;
    this.reply = state.reply;
    this.speech = state.speech;
    this.music = state.music;
    this.turns = state.turns;
    this.heard = new Map(state.heard);
    this.known = new Map(state.known);
  }

  get state(): FloorState {
    const { config, people, heard, known, queue, reply, speech, music, turns } = this;
    return { config, people, heard, known, queue, reply, speech, music, turns };
  }

  /** The reply whose words are or will be heard; null when the bot speaks of its own accord, or not at all. */
  get partners(): readonly string[] {
    return this.reply === null ? [] : speakersOf(this.reply.turn);
  }

  /** Whether the bot answers this person now, or is about to. */
  isAnswering(userId: string): boolean {
    return this.partners.includes(userId) || this.queue.some((turn) => speakersOf(turn).includes(userId));
  }

  do(effect: FloorEffect): void {
    this.effects.push(effect);
  }

  decide(about: 'address' | 'barge_in' | 'endpoint' | 'queue', { captureId, userId }: Heard, verdict: string): void {
    this.do({ type: 'decided', about, captureId, userId, verdict });
  }

  /** @returns what is heard of it now */
  change(captureId: string, change: Partial<Heard>): Heard | null {
    const before = this.heard.get(captureId);
    if (!before) return null;
    const after = { ...before, ...change };
    this.heard.set(captureId, after);
    return after;
  }

  know(userId: string, change: Partial<Acquaintance>): void {
    this.known.set(userId, { ...acquaintanceOf(this, userId), ...change });
  }
}
