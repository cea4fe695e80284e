import type { Session } from './session.ts';

/** The sessions there are, at most one per guild; a session is in it from its reservation until everything of it is closed. */
export class SessionRegistry {
  #byGuild = new Map<string, Session>();
  #onCount: (count: number) => void;

  constructor(onCount: (count: number) => void = () => undefined) {
    this.#onCount = onCount;
  }

  get size(): number {
    return this.#byGuild.size;
  }

  get all(): readonly Session[] {
    return [...this.#byGuild.values()];
  }

  of(guildId: string): Session | null {
    return this.#byGuild.get(guildId) ?? null;
  }

  /** Registers a session; disposing takes it out again, if it is still the one. */
  add(session: Session): Disposable {
    const { guildId } = session.info;
    if (this.#byGuild.has(guildId)) throw new TypeError(`the guild ${guildId} has a session already`);
    this.#byGuild.set(guildId, session);
    this.#onCount(this.#byGuild.size);
    return {
      [Symbol.dispose]: () => {
        if (this.#byGuild.get(guildId) !== session) return;
        this.#byGuild.delete(guildId);
        this.#onCount(this.#byGuild.size);
      },
    };
  }
}
