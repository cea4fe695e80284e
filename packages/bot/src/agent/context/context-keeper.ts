import type { ProviderSession } from '../provider/realtime-provider.ts';
import { instructionsFor, type RoomContext } from './instructions.ts';

/** Keeps what the model is told of the room up to date: sent again only when it has changed, between responses. */
export class ContextKeeper {
  readonly #room: () => Omit<RoomContext, 'interrupted'>;
  #interrupted: RoomContext['interrupted'] = null;
  /** What each conversation was told last. */
  #told = new WeakMap<ProviderSession, string>();
  #latest = '';

  constructor(room: () => Omit<RoomContext, 'interrupted'>) {
    this.#room = room;
  }

  /** Remembers what was cut off, until something was said to its end. */
  interrupted(interrupted: RoomContext['interrupted']): void {
    this.#interrupted = interrupted;
  }

  /** As they are now. A conversation that is opened with them need not be told again. */
  get instructions(): string {
    this.#latest = instructionsFor({ ...this.#room(), interrupted: this.#interrupted });
    return this.#latest;
  }

  /** Tells an open conversation, if what it was told is not so any more. */
  refresh(session: ProviderSession, updates: boolean): void {
    const before = this.#told.get(session) ?? this.#latest;
    const now = this.instructions;
    this.#told.set(session, now);
    if (updates && now !== before) session.updateInstructions(now);
  }
}
