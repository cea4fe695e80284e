import type { Tool } from '../../agent/tools/tool.ts';
import type { Audience } from '../context/audience.ts';
import { startContext } from '../context/start-context.ts';
import { memoryTools } from '../tools/memory-tools.ts';
import type { AgentMemory } from './agent-memory.ts';
import { AgentTurns } from './agent-turns.ts';
import { Remembered } from './remembered.ts';
import { type OffOutcome, SessionMemory, type SessionMemoryOptions } from './session-memory.ts';

export interface LiveMemoryOptions extends SessionMemoryOptions {
  readonly nameOf: (userId: string) => string;
}

/** The memory of one live session: what it keeps, what it tells the agent, and how it is switched. */
export class LiveMemory implements AgentMemory, Disposable {
  readonly session: SessionMemory;
  readonly tools: readonly Tool[];
  /** Whether a recording ended because the session became incognito. */
  endedRecording = false;
  readonly #options: LiveMemoryOptions;
  readonly #remembered: Remembered;
  readonly #listeners = new Set<Parameters<AgentMemory['follow']>[0]>();

  constructor(options: LiveMemoryOptions) {
    this.#options = options;
    const { store, clock, logger, guildId, present, nameOf, mayRemember } = options;
    const session = new SessionMemory(options);
    this.session = session;
    const tell = (): void => {
      for (const { context } of this.#listeners) context();
    };
    this.#remembered = new Remembered({ store, logger, guildId, present, onChange: tell });
    this.tools = memoryTools({
      ...{ store, clock, guildId, nameOf, mayRemember },
      mode: () => session.mode,
      audience: () => this.#audience,
      threadId: () => session.threadId,
      turnCount: () => session.turnCount,
      changed: () => this.changed(),
    });
    void this.#load();
  }

  get isIncognito(): boolean {
    return this.session.mode === 'incognito';
  }

  get context(): string {
    const { nameOf } = this.#options;
    const memories = this.#remembered.rows;
    return startContext({ mode: this.session.mode, audience: this.#audience, memories, nameOf, hasTools: true });
  }

  openTurns(): AgentTurns {
    const { clock, newId } = this.#options;
    return new AgentTurns(clock, newId(), (event) => this.session.take(event));
  }

  follow(on: Parameters<AgentMemory['follow']>[0]): Disposable {
    this.#listeners.add(on);
    return { [Symbol.dispose]: () => void this.#listeners.delete(on) };
  }

  /** Somebody said no: nothing of theirs is told, and what is not written yet is not. */
  forget(userId: string): void {
    this.session.forget(userId);
    this.#remembered.forget(userId);
  }

  /** What is remembered has changed. */
  changed(): void {
    void this.#load();
  }

  peopleChanged(): void {
    this.session.peopleChanged();
    void this.#load();
  }

  incognitoOn(): boolean {
    return this.#switched(this.session.incognitoOn());
  }

  incognitoOff(userId: string, isManager: boolean): OffOutcome {
    const outcome = this.session.incognitoOff(userId, isManager);
    this.#switched(outcome.kind === 'off');
    return outcome;
  }

  settingsChanged(): boolean {
    return this.#switched(this.session.settingsChanged());
  }

  [Symbol.dispose](): void {
    this.#remembered.clear();
    this.#listeners.clear();
  }

  /** A channel of a server is a group whoever is in it: anybody may come in at any moment. */
  get #audience(): Audience {
    return { kind: 'group', guildId: this.#options.guildId, present: this.#options.present() };
  }

  /** In incognito nothing is even read. */
  async #load(): Promise<void> {
    if (this.session.mode === 'incognito') this.#remembered.clear();
    else await this.#remembered.load();
  }

  #switched(changed: boolean): boolean {
    if (!changed) return false;
    void this.#load();
    for (const { thread } of this.#listeners) thread();
    return true;
  }
}
