import { ProtocolError } from '@parley/protocol';
import type { SessionEndReason } from '../../notify/index.ts';
import type { RecordingRun } from '../../recordings/recording-run.ts';
import { abortable } from '../../vox/abortable.ts';
import type { VoxprocClient } from '../../vox/voxproc-client.ts';
import type { VoiceChannelView } from '../discord-port.ts';
import type { SessionPeople } from '../people/session-people.ts';
import type { RecordingControl } from '../recording/recording-control.ts';
import type { SessionInfo, SessionServices } from '../session-services.ts';

/** Told which part of a move is under way. */
export interface MoveWatcher {
  phase(phase: 'connect' | 'indicator' | 'notice' | 'recording'): void;
}

export interface ChannelSwitchOptions {
  readonly services: Pick<SessionServices, 'discord' | 'logger'>;
  readonly info: SessionInfo;
  readonly voxproc: VoxprocClient;
  readonly recording: RecordingControl;
  readonly people: SessionPeople;
  /** The session's channel. */
  readonly channel: { current(): string; changed(channelId: string): void };
  /** Makes sure that people see that they are recorded. @throws JoinRefused */
  readonly show: (channel: VoiceChannelView) => Promise<void>;
  /** Shows it, tells it to the people, records. */
  readonly record: (channel: VoiceChannelView, on: MoveWatcher, signal: AbortSignal) => Promise<void>;
  readonly takeBackStatus: () => Promise<void>;
  readonly requestEnd: (reason: SessionEndReason) => void;
}

/** The way of a session from one channel of its guild to another: its process stays, each channel gets a recording of its own. */
export class ChannelSwitch {
  #options: ChannelSwitchOptions;

  constructor(options: ChannelSwitchOptions) {
    this.#options = options;
  }

  /**
   * The recording ends, another begins in the other channel. When that fails, on the way or there, the old channel is recorded on.
   * @param signal gives the move up: the session is about to end.
   * @throws what failed; the session then lives in the old channel, or is asked to end when that failed too.
   */
  async to(channel: VoiceChannelView, on: MoveWatcher, signal: AbortSignal): Promise<void> {
    const { channel: here, info, recording, record, requestEnd, services, takeBackStatus, voxproc } = this.#options;
    const before = services.discord.channel(info.guildId, here.current());
    const old = recording.current;
    on.phase('connect');
    await abortable(voxproc.settled(), signal);
    await recording.stop('switch_channel');
    try {
      await abortable(voxproc.settled(), signal);
      await takeBackStatus();
      await this.#move(channel, signal);
      // Where recording is switched off, it stays off.
      if (old) await record(channel, on, signal);
    } catch (error) {
      if (isStranded(error)) requestEnd('connection_lost');
      else if (!signal.aborted) await this.#stayIn(before, old, signal);
      throw error;
    }
  }

  async #move(channel: VoiceChannelView, signal: AbortSignal): Promise<void> {
    const { channel: here, info, people, services, voxproc } = this.#options;
    const inside = () => services.discord.channel(info.guildId, channel.id)?.people;
    people.enter(inside() ?? channel.people);
    await voxproc.request('session.move', { channelId: channel.id, roster: people.roster() }, { signal });
    here.changed(channel.id);
    // Until here, voice states were judged by the channel left behind.
    people.compare(inside() ?? []);
    await people.settle();
  }

  /**
   * After a switch that failed: back to the old channel where it has been left, which is recorded on, in a recording that names the
   * one before. Who sat there before has been told and is not told again.
   */
  async #stayIn(before: VoiceChannelView | null, old: RecordingRun | null, signal: AbortSignal): Promise<void> {
    const { info, people, recording, requestEnd, services, show, takeBackStatus, voxproc } = this.#options;
    try {
      const channel = before && services.discord.channel(info.guildId, before.id);
      if (!channel) throw new Error('the channel left behind is gone');
      if ((await abortable(voxproc.settled(), signal)) !== 'live') {
        throw new ProtocolError('link_closed', 'voxproc is gone');
      }
      if (this.#isIn(channel.id)) {
        people.enter(channel.people);
        await people.settle();
      } else {
        await takeBackStatus();
        await this.#move(channel, signal);
      }
      if (!old) return;
      await show(channel);
      people.addressed(before.people.map(({ userId }) => userId));
      await recording.start(channel, old.recordingSessionId);
      people.noteAll();
    } catch (error) {
      services.logger.error({ err: error, sessionId: info.sessionId }, 'the old channel cannot be recorded on');
      requestEnd(endReasonOf(error));
    }
  }

  /** Whether voxproc is there, as far as Discord shows: a moderator may have moved it already. */
  #isIn(channelId: string): boolean {
    const { channel: here, info, services } = this.#options;
    const shownIn = services.discord.ownVoiceChannel(info.guildId);
    return here.current() === channelId && (shownIn === null || shownIn === channelId);
  }
}

/** A move that failed, and so did the way back: voxproc is in no channel. */
const isStranded = (error: unknown): boolean => error instanceof ProtocolError && error.details.movedBack === false;

/** Why a session ends whose old channel cannot be recorded on. */
const endReasonOf = (error: unknown): SessionEndReason => {
  if (!(error instanceof ProtocolError)) return 'switch_failed';
  return error.code === 'disk_full' || error.code === 'folder_unwritable' ? error.code : 'connection_lost';
};
