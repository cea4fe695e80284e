import { modelHost } from '../../agent/session/model-host.ts';
import type { GuildSettings } from '../../config/guild-settings.ts';
import { transcriberName } from '../../transcripts/service/job-of.ts';
import { abortable } from '../../vox/abortable.ts';
import type { VoxprocClient } from '../../vox/voxproc-client.ts';
import type { Announcer } from '../announcer.ts';
import type { VoiceChannelView } from '../discord-port.ts';
import type { SessionInfo, SessionServices } from '../session-services.ts';

export interface RecordingNoticeOptions {
  readonly services: SessionServices;
  readonly info: SessionInfo;
  /** As they are now: they change while a session lives. */
  readonly guildSettings: () => GuildSettings;
  readonly announcer: Announcer;
  readonly voxproc: VoxprocClient;
}

/** How people learn that a recording begins: words in the channel, then a clip aloud. */
export class RecordingNotice {
  #options: RecordingNoticeOptions;

  constructor(options: RecordingNoticeOptions) {
    this.#options = options;
  }

  /**
   * Posts the notice, and when it stands begins the recording, with the clip aloud. Until it runs the notice is left as it was posted.
   * @throws what Discord answers, what `begin` throws, or the signal's reason; the panel then says that nothing is recorded.
   */
  async lead(
    channel: VoiceChannelView,
    notRecorded: readonly string[],
    signal: AbortSignal,
    begin: () => Promise<unknown>,
  ): Promise<void> {
    using _ = this.#options.announcer.holdNotice();
    await abortable(this.post(channel, notRecorded), signal);
    this.chime(channel);
    await begin();
  }

  /** Posts the notice; only when it stands may anything be stored. @throws what Discord answers. */
  async post(channel: VoiceChannelView, notRecorded: readonly string[]): Promise<void> {
    const { announcer, info, services } = this.#options;
    const guildSettings = this.#options.guildSettings();
    await announcer.postHereOr(channel.id, {
      kind: 'recording_notice',
      details: {
        channelId: channel.id,
        requestedByUserId: info.requestedByUserId,
        prefix: services.settings.prefix,
        retentionDays: guildSettings.retentionDays,
        retentionGigabytes: guildSettings.retentionGigabytes,
        consentMode: guildSettings.consentMode,
        transcribedBy: transcriberName(services.settings),
        heardBy: modelHost(guildSettings, services),
        maySpeak: channel.botPermissions?.speak ?? false,
        notRecorded,
      },
    });
  }

  /** Plays the clip; nobody waits for its end. Without Speak, the silence frames that voxproc sends have to do. */
  chime(channel: VoiceChannelView): void {
    const { services, voxproc, info } = this.#options;
    const { chimeFile: file, background, logger } = services;
    if (file === null || !channel.botPermissions?.speak) return;
    background.run('chime', async () => {
      try {
        const played = await voxproc.request('sound.play', { file });
        logger.debug({ ...played, sessionId: info.sessionId }, 'chime played');
      } catch (error) {
        logger.warn({ err: error, sessionId: info.sessionId }, 'the chime could not be played');
      }
    });
  }
}
