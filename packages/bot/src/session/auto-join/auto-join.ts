import type { GuildSettings } from '../../config/guild-settings.ts';
import type { SessionEndReason } from '../../notify/index.ts';
import type { DenialReason } from '../../policy/denial.ts';
import { mayJoin, mayRecord } from '../../policy/who-may.ts';
import type { JoinCoordinator } from '../join/join-coordinator.ts';
import type { Session } from '../session.ts';
import type { SessionServices } from '../session-services.ts';
import { type AutoDecision, type AutoKind, decideAutoJoin, type Room } from './decide.ts';

/** People hop between channels: a change is looked at when nothing has changed for this long, milliseconds. */
export const settleMs = 1500;

/** Ends after which Parley does not come back by itself before the room has emptied: somebody wanted it away, or it would fail again. */
const staysAwayAfter: Readonly<Record<SessionEndReason, boolean>> = {
  requested: true,
  kicked: true,
  max_duration: true,
  moved_to_disallowed: true,
  settings_changed: true,
  switch_failed: true,
  voxproc_failed: true,
  disk_full: true,
  folder_unwritable: true,
  alone: false,
  trigger_gone: false,
  channel_deleted: false,
  connection_lost: false,
  shutdown: false,
};

/** Refusals of an attempt that was overtaken: what overtook it has it looked at again. */
const passing: ReadonlySet<DenialReason> = new Set<DenialReason>(['requester_not_in_voice', 'busy_in_other_channel']);

interface GuildState {
  /** What a session was begun as, by its id. */
  started: { readonly sessionId: string; readonly as: AutoKind } | null;
  readonly stayAway: Set<string>;
  /** The attempt that was refused last: not repeated before something about it changes. */
  refused: string | null;
  /** Whether that was for want of a place. */
  wantsPlace: boolean;
  timer: Disposable | null;
  leaving: Disposable | null;
  /** Whether it is being looked at; `again`: something changed meanwhile. */
  busy: boolean;
  again: boolean;
}

export interface AutoJoinOptions {
  readonly services: Pick<SessionServices, 'clock' | 'logger' | 'background' | 'store' | 'discord'>;
  readonly coordinator: JoinCoordinator;
}

/**
 * Comes by itself into a channel that is occupied, and along with people who are followed; every rule of a join holds. Only sessions
 * it began are moved or ended by it.
 */
export class AutoJoin implements Disposable {
  #options: AutoJoinOptions;
  #guilds = new Map<string, GuildState>();
  #settings = new Map<string, GuildSettings>();
  #scope = new DisposableStack();

  constructor(options: AutoJoinOptions) {
    this.#options = options;
    this.#scope.use(options.coordinator.slots.onFree(() => this.#placeFree()));
    this.#scope.use(
      options.services.store.guildSettings.onChange((guildId, settings) => {
        this.#settings.set(guildId, settings);
        const state = this.#stateOf(guildId);
        state.refused = null;
        this.changed(guildId);
      }),
    );
  }

  /** A place is free: who found none tries again. */
  #placeFree(): void {
    for (const [guildId, state] of this.#guilds) {
      if (!state.wantsPlace) continue;
      state.wantsPlace = false;
      state.refused = null;
      this.changed(guildId);
    }
  }

  /** Somebody came, went or moved in a guild. */
  changed(guildId: string): void {
    if (this.#scope.disposed) return;
    const state = this.#stateOf(guildId);
    state.timer?.[Symbol.dispose]();
    state.timer = this.#options.services.clock.setTimeout(() => {
      state.timer = null;
      this.#options.services.background.run('auto-join', () => this.#look(guildId, state), { guildId });
    }, settleMs);
  }

  /** Follows a session from its beginning to its end. */
  accompany(session: Session): Disposable {
    const { guildId } = session.info;
    return {
      [Symbol.dispose]: () => {
        const state = this.#stateOf(guildId);
        state.leaving?.[Symbol.dispose]();
        state.leaving = null;
        state.started = null;
        const reason = 'reason' in session.state ? session.state.reason : null;
        if (reason !== null && staysAwayAfter[reason]) state.stayAway.add(session.channelId);
        this.changed(guildId);
      },
    };
  }

  [Symbol.dispose](): void {
    this.#scope.dispose();
    for (const { timer, leaving } of this.#guilds.values()) {
      timer?.[Symbol.dispose]();
      leaving?.[Symbol.dispose]();
    }
    this.#guilds.clear();
  }

  #stateOf(guildId: string): GuildState {
    let state = this.#guilds.get(guildId);
    if (!state) {
      state = {
        started: null,
        stayAway: new Set(),
        refused: null,
        wantsPlace: false,
        timer: null,
        leaving: null,
        busy: false,
        again: false,
      };
      this.#guilds.set(guildId, state);
    }
    return state;
  }

  async #look(guildId: string, state: GuildState): Promise<void> {
    if (state.busy) {
      state.again = true;
      return;
    }
    state.busy = true;
    try {
      await this.#act(guildId, state, await this.#decide(guildId, state));
    } finally {
      state.busy = false;
      if (state.again) {
        state.again = false;
        this.changed(guildId);
      }
    }
  }

  async #decide(guildId: string, state: GuildState): Promise<AutoDecision> {
    const { discord, logger, store } = this.#options.services;
    let settings = this.#settings.get(guildId);
    if (!settings) {
      settings = await store.guildSettings.get(guildId);
      this.#settings.set(guildId, settings);
    }
    for (const channelId of state.stayAway) {
      const room = this.#roomOf(guildId, channelId, settings);
      if (room && room.occupants.length > 0) continue;
      state.stayAway.delete(channelId);
      logger.info({ guildId, channelId }, 'the room has emptied: it may come by itself again');
    }
    const session = this.#options.coordinator.registry.of(guildId);
    const channelIds = new Set([
      settings.autoJoinChannelId,
      session?.channelId ?? null,
      ...settings.followUserIds.map((userId) => discord.requester(guildId, userId)?.voiceChannelId ?? null),
    ]);
    const rooms = [...channelIds].flatMap((channelId) => {
      const room = channelId === null ? null : this.#roomOf(guildId, channelId, settings);
      return room ? [room] : [];
    });
    // A session that is just beginning or ending belongs to whoever does that.
    const as = session?.isLive && state.started?.sessionId === session.sessionId ? state.started.as : null;
    return decideAutoJoin({
      settings,
      rooms,
      session: session && { channelId: session.channelId, as },
      stayAway: state.stayAway,
    });
  }

  #roomOf(guildId: string, channelId: string, settings: GuildSettings): Room | null {
    const { discord } = this.#options.services;
    const channel = discord.channel(guildId, channelId);
    if (!channel) return null;
    const humans = channel.people.filter(({ bot }) => bot !== true);
    return {
      channelId,
      isAfk: channel.isAfk,
      occupants: humans.map(({ userId, roleIds }) => {
        const person = discord.requester(guildId, userId);
        const mayCall = person !== null && mayJoin(person, settings) && mayRecord(person, settings);
        return { userId, roleIds, mayCall };
      }),
    };
  }

  async #act(guildId: string, state: GuildState, decision: AutoDecision): Promise<void> {
    if (decision.kind !== 'go') {
      state.leaving?.[Symbol.dispose]();
      state.leaving = null;
    }
    if (decision.kind === 'come') await this.#come(guildId, state, decision);
    if (decision.kind === 'go') this.#goSoon(guildId, state);
  }

  async #come(
    guildId: string,
    state: GuildState,
    { as, channelId, userId }: Extract<AutoDecision, { kind: 'come' }>,
  ): Promise<void> {
    const { discord, logger } = this.#options.services;
    const people = discord.channel(guildId, channelId)?.people.map((person) => person.userId) ?? [];
    const attempt = [as, channelId, userId, ...people.toSorted()].join(' ');
    if (state.refused === attempt) return;
    const outcome = await this.#options.coordinator.join({
      guildId,
      textChannelId: channelId,
      userId,
      via: as,
      intentConfidence: 1,
      only: { channelId, sessionId: state.started?.sessionId ?? null },
    });
    state.wantsPlace = outcome.kind === 'refused' && outcome.denial.reason === 'max_concurrent_sessions_reached';
    if (outcome.kind === 'refused') {
      state.refused = passing.has(outcome.denial.reason) ? null : attempt;
      logger.info({ guildId, channelId, userId, as, reason: outcome.denial.reason }, 'it may not come by itself');
      return;
    }
    state.refused = null;
    state.started = { sessionId: outcome.session.sessionId, as };
    logger.info({ guildId, channelId, userId, as, sessionId: outcome.session.sessionId }, 'came by itself');
  }

  /** As long as it would stay alone, it waits for whom it was there for. */
  #goSoon(guildId: string, state: GuildState): void {
    if (state.leaving) return;
    const { clock, background } = this.#options.services;
    const seconds = this.#settings.get(guildId)?.aloneLeaveSeconds ?? 0;
    state.leaving = clock.setTimeout(() => {
      state.leaving = null;
      background.run('auto-join', () => this.#go(guildId, state), { guildId });
    }, seconds * 1000);
  }

  async #go(guildId: string, state: GuildState): Promise<void> {
    const decision = await this.#decide(guildId, state);
    const { coordinator } = this.#options;
    const session = coordinator.registry.of(guildId);
    if (decision.kind !== 'go' || !session || state.started?.sessionId !== session.sessionId) return;
    await coordinator.end(session, 'trigger_gone');
  }
}
