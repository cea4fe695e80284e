import type { Connected } from '@parley/protocol';
import type { GuildSettings } from '../config/guild-settings.ts';
import type { SessionEndReason } from '../notify/index.ts';
import type { LiveSession } from '../policy/join-context.ts';
import type { FoundRecording } from '../recordings/recording-run.ts';
import { abortable } from '../vox/abortable.ts';
import { VoxprocClient } from '../vox/voxproc-client.ts';
import type { VoxprocProcess } from '../vox/voxproc-process.ts';
import { AgentSlot } from './agent-slot.ts';
import { Announcer } from './announcer.ts';
import type { GatewayLink, VoiceChannelView, VoicePerson } from './discord-port.ts';
import { ChannelSwitch, type MoveWatcher } from './join/channel-switch.ts';
import { joinParamsOf } from './join/join-params.ts';
import { JoinRefused, noIndicator } from './join/join-refused.ts';
import { leaveChannel, takeBackStatus } from './leave-channel.ts';
import { ModeratorWatch, type OwnVoiceState } from './moderator-watch.ts';
import type { ConsentBook } from './people/consent-book.ts';
import { retryConsents } from './people/retry-consents.ts';
import { SessionPeople } from './people/session-people.ts';
import { StreamPresence } from './presence/stream-presence.ts';
import { type VoiceEffect, VoiceEffects } from './presence/voice-effects.ts';
import type { IndicatorKind } from './recording/indicator-port.ts';
import { RecordingControl } from './recording/recording-control.ts';
import { RecordingNotice } from './recording/recording-notice.ts';
import { type SessionEvent, type SessionState, transition } from './session-machine.ts';
import type { SessionInfo, SessionServices } from './session-services.ts';
import { SessionTimers } from './session-timers.ts';
import { followSettings } from './settings-reconcile.ts';
import { tellSessionEnd } from './tell-session-end.ts';
import { type VoiceEnd, VoiceReports } from './voice-reports.ts';

/** What a session asks of whoever owns it; none of it is done at once, since a guild does one thing at a time. */
export interface SessionHost {
  requestEnd(session: Session, reason: SessionEndReason): void;
  /** A moderator moved the bot. */
  requestFollow(session: Session, channelId: string): void;
  /** The voice connection is over for good. */
  voiceEnded(session: Session, end: VoiceEnd): void;
}

export interface SessionOptions {
  readonly services: SessionServices;
  readonly info: SessionInfo;
  readonly channel: VoiceChannelView;
  readonly guildSettings: GuildSettings;
  readonly consents: ConsentBook;
  readonly host: SessionHost;
}

/**
 * One stay of the bot in a guild's voice. A composition: voxproc, the recordings, the people, the timers each own their state; this
 * holds the phase, the channel, and the order in which things are done.
 */
export class Session implements LiveSession {
  readonly info: SessionInfo;
  readonly announcer: Announcer;
  readonly voxproc: VoxprocClient;
  readonly recording: RecordingControl;
  readonly people: SessionPeople;
  readonly reports: VoiceReports;
  readonly consents: ConsentBook;
  readonly agent: AgentSlot;
  readonly streams: StreamPresence;
  readonly effects: VoiceEffects;
  #services: SessionServices;
  #host: SessionHost;
  #state: SessionState = { phase: 'reserving' };
  #channelId: string;
  #guildSettings: GuildSettings;
  #link: GatewayLink | null = null;
  #timers: SessionTimers | null = null;
  #owned = new AsyncDisposableStack();
  #ended = Promise.withResolvers<void>();
  #notice: RecordingNotice;
  #moderators: ModeratorWatch;
  #switch: ChannelSwitch;

  constructor({ services, info, channel, guildSettings, consents, host }: SessionOptions) {
    this.#services = services;
    this.#host = host;
    this.info = info;
    this.#guildSettings = guildSettings;
    // They change while the session lives: each part looks when it needs them.
    const settings = () => this.#guildSettings;
    this.consents = consents;
    this.agent = new AgentSlot(services);
    this.#channelId = channel.id;
    this.announcer = new Announcer({
      services,
      guildId: info.guildId,
      textChannelId: info.textChannelId,
      verbosity: () => this.#guildSettings.verbosity,
    });
    this.reports = new VoiceReports({
      services,
      info,
      announcer: this.announcer,
      recording: () => this.recording,
      on: {
        gatewaySend: (payload) => this.#link?.send(payload),
        heard: () => this.#timers?.heard(),
        respawned: () => this.people.syncAll(),
        moved: (channelId) => host.requestFollow(this, channelId),
        voiceEnded: (end) => host.voiceEnded(this, end),
        recordingEnded: (reason, endSample) => this.#recordingEnded(reason, endSample),
        voxprocFailed: () => host.requestEnd(this, 'voxproc_failed'),
      },
    });
    this.voxproc = new VoxprocClient({
      pool: services.pool,
      clock: services.clock,
      logger: services.logger,
      background: services.background,
      bindings: { sessionId: info.sessionId, guildId: info.guildId },
      events: this.reports,
      rejoin: async () => {
        await this.#loadConsents();
        return joinParamsOf(this, services.discord.botUserId, this.recording.specForNextVoxproc());
      },
    });
    this.recording = new RecordingControl({ services, info, voxproc: this.voxproc, announcer: this.announcer });
    this.people = new SessionPeople({
      services,
      info,
      guildSettings: settings,
      consents,
      voxproc: this.voxproc,
      recording: this.recording,
      announcer: this.announcer,
      onHumans: (humans) => this.#humans(humans),
      onChange: () => this.agent.peopleChanged(),
    });
    const { announcer, voxproc } = this;
    this.#notice = new RecordingNotice({ services, info, guildSettings: settings, announcer, voxproc });
    this.#moderators = new ModeratorWatch(services.clock, announcer, (on) => this.agent.muted(on));
    this.streams = new StreamPresence({ services, info, announcer });
    this.effects = new VoiceEffects({ services, info });
    this.#switch = new ChannelSwitch({
      services,
      info,
      voxproc,
      recording: this.recording,
      people: this.people,
      channel: {
        current: () => this.#channelId,
        changed: (channelId) => {
          this.#channelId = channelId;
          this.#seedStreams();
        },
      },
      show: (shown) => this.showRecording(shown),
      record: (recorded, on, signal) => this.record(recorded, on, signal),
      takeBackStatus: () => takeBackStatus(services, info.guildId),
      requestEnd: (reason) => host.requestEnd(this, reason),
    });
  }

  get sessionId(): string {
    return this.info.sessionId;
  }

  get requestedByUserId(): string {
    return this.info.requestedByUserId;
  }

  get channelId(): string {
    return this.#channelId;
  }

  /** The guild's settings as they are now. */
  get guildSettings(): GuildSettings {
    return this.#guildSettings;
  }

  get state(): SessionState {
    return this.#state;
  }

  get isLive(): boolean {
    return this.#state.phase === 'live';
  }

  /** Whether a moderator keeps it from hearing. */
  get isDeafened(): boolean {
    return this.#moderators.isDeafened;
  }

  /** Milliseconds until the longest duration; null = none. */
  get remainingMs(): number | null {
    return this.#timers?.remainingMs ?? null;
  }

  /** Resolves when everything of this session is closed. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Moves the state on; the effects are done by the methods that call it. */
  apply(event: SessionEvent): ReturnType<typeof transition>['effects'] {
    const { state, effects } = transition(this.#state, event);
    this.#state = state;
    return effects;
  }

  /** Hands the session its booted child and the guild's gateway. */
  attach(child: VoxprocProcess): void {
    this.voxproc.adopt(child);
    this.#link = this.#services.discord.link(this.info.guildId, {
      voiceState: (data) => this.voxproc.voiceState(data),
      voiceServer: (data) => this.voxproc.voiceServer(data),
      available: (available) => this.voxproc.gatewayAvailable(available),
    });
  }

  /** Joins the channel; where people see it from outside, the recording `found` in it goes on at once. @throws ProtocolError */
  async connect(
    channel: VoiceChannelView,
    signal: AbortSignal,
    shown: IndicatorKind | 'when_inside',
    found?: FoundRecording,
  ): Promise<Connected> {
    this.people.enter(channel.people);
    if (found) this.people.addressed(found.humans);
    const run = found && shown !== 'when_inside' ? await this.recording.takeUp(found, channel.name) : null;
    return await this.voxproc.join(joinParamsOf(this, this.#services.discord.botUserId, run?.spec()), { signal });
  }

  /**
   * Goes on with a recording of a former supervisor: shows it, and records where the join could not before that.
   * @throws JoinRefused or ProtocolError; the recording is as it was found then.
   */
  async resume(channel: VoiceChannelView, found: FoundRecording): Promise<void> {
    await this.showRecording(channel);
    if (this.recording.current) return;
    const run = await this.recording.takeUp(found, channel.name);
    await this.voxproc.request('recording.start', { recording: run.spec() });
  }

  /**
   * Shows and tells it to the people, then records: the notice stands in the channel before the first packet is stored; the chime sounds meanwhile.
   * @throws JoinRefused, or what posting or starting says; then nothing is recorded.
   */
  async record(
    channel: VoiceChannelView,
    on: { phase(phase: 'indicator' | 'notice' | 'recording'): void },
    signal: AbortSignal,
    continues?: string,
  ): Promise<void> {
    on.phase('indicator');
    await abortable(this.showRecording(channel), signal);
    on.phase('notice');
    this.people.addressed();
    await this.#notice.lead(channel, this.people.recorded.no, signal, async () => {
      on.phase('recording');
      await this.recording.start(channel, continues);
    });
    this.apply({ type: 'resumed' });
    this.people.noteAll();
  }

  /** Makes sure that people see it, now that the bot is in the channel. @throws JoinRefused when there is no way to show it. */
  async showRecording(channel: VoiceChannelView): Promise<void> {
    const shown = await this.#services.indicator.show(channel);
    if (shown === null || shown === 'when_inside') throw new JoinRefused(noIndicator(channel));
  }

  /** Everything stands: from now on the session lives until `end`, and owns what is on `undo`. What throws here leaves it there. */
  goLive(undo: AsyncDisposableStack, maxMs: number | null): void {
    this.apply({ type: 'started' });
    this.#timers = new SessionTimers({
      clock: this.#services.clock,
      maxMs,
      aloneMs: this.guildSettings.aloneLeaveSeconds * 1000,
      on: {
        maxDuration: () => this.#host.requestEnd(this, 'max_duration'),
        maxDurationNear: (remainingMs) => this.announcer.say({ kind: 'max_duration_near', details: { remainingMs } }),
        alone: () => this.#host.requestEnd(this, 'alone'),
        nobodyHeard: (ms) => this.#nobodyHeard(ms),
      },
    });
    this.#humans(this.people.membership.humans);
    this.#seedStreams();
    if (!this.consents.isReadable) {
      this.announcer.say({ kind: 'consents_unreadable', details: {} });
      const load = () => this.#loadConsents();
      undo.use(retryConsents(this.#services, load, () => this.people.syncAll()));
    }
    for (const companion of this.#services.companions) undo.use(companion(this));
    this.#owned = undo.move();
  }

  /**
   * Goes to another channel of the guild, see `ChannelSwitch`.
   * @throws what failed; the session then lives in the old channel, or is asked to end when that failed too.
   */
  async moveTo(channel: VoiceChannelView, on: MoveWatcher, signal: AbortSignal): Promise<void> {
    await this.#switch.to(channel, on, signal);
  }

  /** Follows a change of the guild's settings, see `followSettings`. Never throws. */
  async settingsChanged(next: GuildSettings): Promise<void> {
    const before = this.#guildSettings;
    this.#guildSettings = next;
    if (!this.isLive || !this.#timers) return;
    const parts = { session: this, services: this.#services, timers: this.#timers, notice: this.#notice };
    const { forbidden } = await followSettings(parts, this.#channelId, before, next);
    this.agent.settingsChanged();
    if (forbidden) this.#host.requestEnd(this, 'settings_changed');
  }

  /** A voice state of somebody else in the guild. */
  voiceState(person: VoicePerson, channelId: string | null): void {
    if (this.#state.phase === 'ending' || this.#state.phase === 'ended') return;
    this.people.voiceState(person, channelId === this.#channelId);
    if (this.isLive) this.streams.voiceState(person, channelId === this.#channelId);
  }

  /** Somebody sent an effect into a channel of the guild. */
  voiceEffect(effect: VoiceEffect, channelId: string): void {
    if (this.isLive && channelId === this.#channelId) this.effects.sent(effect);
  }

  /** The bot's own voice state: what a moderator did to it. */
  ownVoiceState(state: OwnVoiceState): void {
    if (this.isLive) this.#moderators.update(state);
  }

  /**
   * Ends the session: segments closed and channel left, recording handed to the mixer, child, gateway, indicator and slot given back.
   * Never throws; whoever calls second waits for the first.
   */
  async end(reason: SessionEndReason): Promise<void> {
    const effects = this.apply({ type: 'end', reason });
    if (effects.length === 0) return await this.#ended.promise;
    this.#timers?.[Symbol.dispose]();
    const recordingSessionId = this.recording.current?.recordingSessionId ?? null;
    await this.agent.quiet();
    if (effects.includes('close')) {
      await leaveChannel(this, this.#services, reason);
    }
    try {
      await this.#owned.disposeAsync();
    } catch (error) {
      this.#services.logger.error({ err: error, sessionId: this.sessionId }, 'a part of the session did not close');
    }
    if (this.apply({ type: 'closed' }).includes('announce_end')) {
      const [{ totals }, { threadId }] = [this.recording, this.agent];
      const end = { info: this.info, channelId: this.#channelId, reason, totals, recordingSessionId, threadId };
      tellSessionEnd(this.#services, this.announcer, end);
    }
    this.#ended.resolve();
  }

  /** The end of a session that never went live, as part of the unwinding of its join. */
  abandon(): void {
    if (this.#state.phase === 'ending' || this.#state.phase === 'ended') return;
    this.#timers?.[Symbol.dispose]();
    this.apply({ type: 'end', reason: 'requested' });
    this.apply({ type: 'closed' });
    this.#ended.resolve();
  }

  /** Lets go of the gateway; a bot whose voxproc could not leave any more is taken out of the channel. */
  unlink(): void {
    const { discord } = this.#services;
    this.#link?.[Symbol.dispose]();
    this.#link = null;
    const isShown = discord.ownVoiceChannel(this.info.guildId) !== null;
    if (isShown && !this.voxproc.hasLeft) discord.leaveVoice(this.info.guildId);
  }

  #recordingEnded(reason: 'disk_full' | 'folder_unwritable', endSample: number): void {
    const { background, logger } = this.#services;
    logger.error({ reason, sessionId: this.sessionId }, 'the recording ended by itself');
    background.run('recording end', () => this.recording.finish(reason, endSample), { sessionId: this.sessionId });
    this.#host.requestEnd(this, reason);
  }

  async #loadConsents(): Promise<boolean> {
    return await this.consents.load(this.#services.store, this.info.guildId, this.#services.logger);
  }

  #seedStreams(): void {
    const channel = this.#services.discord.channel(this.info.guildId, this.#channelId);
    this.streams.enter(this.#channelId, channel?.people ?? []);
  }

  /** Where nothing is recorded, nobody has to be heard. */
  #nobodyHeard(ms: number): boolean {
    const { current } = this.recording;
    if (!current || current.isPaused) return false;
    this.announcer.say({ kind: 'nobody_heard', details: { ms } });
    return true;
  }

  #humans(humans: number): void {
    if (!this.#timers?.humans(humans)) return;
    this.announcer.say({ kind: 'alone', details: { leavesInMs: this.guildSettings.aloneLeaveSeconds * 1000 } });
  }
}
