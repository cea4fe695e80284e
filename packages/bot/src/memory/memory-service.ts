import type { Clock } from '@parley/protocol';
import { modelHost } from '../agent/session/model-host.ts';
import type { GuildSettings } from '../config/guild-settings.ts';
import type { Settings } from '../config/settings-schema.ts';
import type { Logger } from '../log.ts';
import type { MessageDetails } from '../notify/user-message.ts';
import type { Announcer } from '../session/announcer.ts';
import type { SessionPeople } from '../session/people/session-people.ts';
import type { Session } from '../session/session.ts';
import type { SessionInfo } from '../session/session-services.ts';
import type { Store } from '../store/store.ts';
import type { ChatModel } from '../transcripts/text-model/chat-model.ts';
import type { Background } from '../vox/background.ts';
import { effectiveMode, type MemoryMode } from './mode.ts';
import type { SafetyCheck } from './recorder/safety-check.ts';
import { TurnRecorder } from './recorder/turn-recorder.ts';
import { accompany } from './session/accompany.ts';
import { LiveMemory } from './session/live-memory.ts';
import { ThreadEnder } from './threads/thread-ender.ts';
import { ThreadSweeper } from './threads/thread-sweeper.ts';

/** What the memory needs of a session. */
export interface MemoryHost {
  readonly info: SessionInfo;
  readonly guildSettings: GuildSettings;
  readonly people: Pick<SessionPeople, 'membership'>;
  readonly announcer: Pick<Announcer, 'say'>;
}

export interface MemoryServiceOptions {
  readonly settings: Settings;
  readonly store: Pick<Store, 'memory' | 'consents' | 'guildSettings'>;
  readonly model: Pick<ChatModel, 'ask'> | null;
  readonly safety: SafetyCheck;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  readonly newId: () => string;
  readonly nameOf: (guildId: string, userId: string) => string | null;
  /** Whether something a person says may be remembered here. */
  readonly mayRemember: (
    guildId: string,
    person: { readonly userId: string; readonly roleIds: readonly string[] },
  ) => Promise<boolean>;
}

interface Known {
  readonly host: MemoryHost;
  readonly memory: LiveMemory;
  /** As the guild's settings say last; a session learns of them later. */
  readonly guild: { mode: MemoryMode };
}

/** The memories of all live sessions, and the ends of their threads. */
export class MemoryService implements Disposable {
  readonly #options: MemoryServiceOptions;
  readonly #recorder: TurnRecorder;
  readonly #ender: ThreadEnder;
  readonly #sweeper: ThreadSweeper;
  /** A join that fails leaves nothing behind: what nobody holds on to is gone. */
  readonly #known = new WeakMap<SessionInfo, Known>();
  /** Of sessions that live. */
  readonly #live = new Set<Known>();
  readonly #owned = new DisposableStack();

  constructor(options: MemoryServiceOptions) {
    this.#options = options;
    const { store, clock, logger, safety, settings, model, background, nameOf } = options;
    this.#recorder = new TurnRecorder({ store, clock, logger, safety, defaultRoute: settings.memory.defaultRoute });
    this.#ender = this.#owned.use(
      new ThreadEnder({
        ...{ store, model, clock, logger },
        nameOf: (guildId, userId) => (guildId === null ? null : nameOf(guildId, userId)) ?? 'somebody',
        mayUseModel: (guildId, userIds) => this.#mayUseModel(guildId, userIds),
      }),
    );
    this.#sweeper = this.#owned.use(new ThreadSweeper({ store, ender: this.#ender, clock, logger, background }));
    this.#owned.use(store.guildSettings.onChange((guildId, changed) => this.#settingsChanged(guildId, changed)));
  }

  /** The mode that a session of this guild begins with. */
  startMode(guildSettings: Pick<GuildSettings, 'memoryMode'>): MemoryMode {
    const deployment = this.#options.settings.memoryMode;
    return effectiveMode({ deployment, guild: guildSettings.memoryMode, request: undefined });
  }

  /** Ends what a former supervisor left open. Never rejects. */
  async resume(): Promise<void> {
    await this.#sweeper.resume((threadId) =>
      [...this.#live].some(({ memory }) => memory.session.threadId === threadId),
    );
  }

  /** The memory of a session; it begins when it is first asked for, and ends with the session. */
  of(host: MemoryHost): LiveMemory {
    return this.#begun(host).memory;
  }

  #begun(host: MemoryHost): Known {
    const before = this.#known.get(host.info);
    if (before) return before;
    const { sessionId, guildId } = host.info;
    const { store, clock, logger, newId, mayRemember, nameOf } = this.#options;
    const guild = { mode: host.guildSettings.memoryMode };
    const { membership } = host.people;
    const memory = new LiveMemory({
      ...{ store, clock, logger, newId, sessionId, guildId },
      ...{ recorder: this.#recorder, ender: this.#ender },
      allowed: () => this.startMode({ memoryMode: guild.mode }),
      present: () => membership.present.filter(({ bot }) => bot !== true).map(({ userId }) => userId),
      mayRemember: (userId) => mayRemember(guildId, { userId, roleIds: membership.get(userId)?.roleIds ?? [] }),
      nameOf: (userId) => membership.get(userId)?.displayName ?? nameOf(guildId, userId) ?? 'somebody',
      runtime: () => ({ surface: 'discord', mode: host.guildSettings.runtimeMode }),
      onFinding: ({ resources }) => {
        if (resources !== '') host.announcer.say({ kind: 'safety_resources', details: { text: resources } });
      },
    });
    const known = { host, memory, guild };
    this.#known.set(host.info, known);
    return known;
  }

  /** Follows a session that lives; disposed when it ends. */
  accompany(session: Session, endRecording: (session: Session) => Promise<boolean>): Disposable {
    const known = this.#begun(session);
    const { memory, guild } = known;
    this.#live.add(known);
    // They may have changed while it was being joined.
    guild.mode = session.guildSettings.memoryMode;
    memory.settingsChanged();
    if (memory.session.mode === 'incognito') this.#say(session, 'joined');
    const { background } = this.#options;
    const ended = () => this.#ended(session.info);
    return accompany(session, { memory, endRecording, background, ended });
  }

  /** The memory of a session that somebody asked for before; null: nobody did. */
  known(info: SessionInfo): LiveMemory | null {
    return this.#known.get(info)?.memory ?? null;
  }

  /** What is remembered of somebody in this guild has changed. */
  changed(guildId: string): void {
    for (const { host, memory } of this.#live) if (host.info.guildId === guildId) memory.changed();
  }

  /** Somebody said no to something: nothing of theirs that is not written yet is, and nothing of it is told. */
  saidNo({ userId }: { readonly userId: string }): void {
    for (const { memory } of this.#live) memory.forget(userId);
  }

  [Symbol.dispose](): void {
    this.#owned.dispose();
  }

  /** What is being written is waited for and its thread ended, in the background. */
  #ended(info: SessionInfo): void {
    const known = this.#known.get(info);
    if (!known || !this.#live.delete(known)) return;
    const { memory } = known;
    memory[Symbol.dispose]();
    const { sessionId } = info;
    this.#options.background.run('memory', async () => void (await memory.session.close()), { sessionId });
  }

  #settingsChanged(guildId: string, { memoryMode }: GuildSettings): void {
    for (const { host, memory, guild } of this.#live) {
      if (host.info.guildId !== guildId) continue;
      guild.mode = memoryMode;
      if (memory.settingsChanged()) this.#say(host, memory.session.mode === 'incognito' ? 'by_settings' : 'off');
    }
  }

  #say({ announcer, guildSettings, info }: MemoryHost, outcome: MessageDetails['incognito_control']['outcome']): void {
    const { settings } = this.#options;
    const heardBy = modelHost(guildSettings, { settings, agents: this });
    const details = { outcome, userId: info.requestedByUserId, missing: [], recording: false, heardBy };
    announcer.say({ kind: 'incognito_control', details: { ...details, prefix: settings.prefix } });
  }

  async #mayUseModel(guildId: string | null, userIds: readonly string[]): Promise<boolean> {
    const { store, logger } = this.#options;
    try {
      if (guildId === null) return true;
      const out = new Set(await store.consents.optedOut(guildId, 'heard_by_ai'));
      return userIds.every((userId) => !out.has(userId));
    } catch (error) {
      logger.error({ err: error, guildId }, 'consents cannot be read; a conversation is summed up without the model');
      return false;
    }
  }
}
