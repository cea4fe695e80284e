import type { Clock } from '@parley/protocol';
import type { Logger } from '../log.ts';
import { shortError } from '../policy/denial.ts';
import type { DiscordPort, VoiceChannelView } from '../session/discord-port.ts';
import type { IndicatorKind, IndicatorPort } from '../session/recording/indicator-port.ts';
import type { IndicatorRow, Store } from '../store/index.ts';
import type { Background } from '../vox/background.ts';
import { recordingNickname, withoutPrefix } from './nickname.ts';

/** The status line of a voice channel in which Parley records. */
export const recordingStatus = '🔴 Being recorded by Parley';

/** Milliseconds before each further try to take back a nickname; after the last it waits for the next session or start. */
export const undoRetryMs = [5_000, 60_000, 600_000] as const;

export interface RecordingIndicatorOptions {
  readonly discord: Pick<DiscordPort, 'ownName' | 'ownVoiceChannel' | 'setNickname' | 'setVoiceStatus'>;
  readonly store: Pick<Store, 'indicators'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
}

/**
 * Shows that a channel is recorded, visible before joining it: the bot's nickname begins with `[REC] `, or, where it may not change
 * that, the voice channel has a status. What stood there before is remembered on disk first, so that any ending restores it, and a
 * start after a crash too. Disposing gives up what is still to be taken back.
 */
export class RecordingIndicator implements IndicatorPort, Disposable {
  #options: RecordingIndicatorOptions;
  #shown = new Map<string, IndicatorRow>();
  #retries = new Map<string, Disposable>();

  constructor(options: RecordingIndicatorOptions) {
    this.#options = options;
  }

  async show(channel: VoiceChannelView): Promise<IndicatorKind | 'when_inside' | null> {
    const { guildId, botPermissions } = channel;
    const shown = this.#shown.get(guildId);
    if (shown?.kind === 'nickname' || shown?.channelId === channel.id) return shown.kind;
    if (botPermissions?.changeNickname && (await this.#try(await this.#nicknameRow(guildId)))) {
      if (shown) await this.#undo(shown);
      return 'nickname';
    }
    if (channel.type !== 'voice' || !botPermissions?.setVoiceStatus) return null;
    // From outside the channel its status takes Manage Channels too (Discord: "Set Voice Channel Status").
    if (this.#options.discord.ownVoiceChannel(guildId) !== channel.id) return 'when_inside';
    if (shown) await this.restore(guildId);
    const row: IndicatorRow = {
      guildId,
      kind: 'voice_status',
      channelId: channel.id,
      previous: null,
      shown: recordingStatus,
      at: this.#options.clock.now(),
    };
    return (await this.#try(row)) ? 'voice_status' : null;
  }

  async leaving(guildId: string): Promise<void> {
    if (this.#shown.get(guildId)?.kind === 'voice_status') await this.restore(guildId);
  }

  async restore(guildId: string): Promise<void> {
    const row = this.#shown.get(guildId);
    if (!row) return;
    this.#shown.delete(guildId);
    await this.#undo(row);
  }

  /** Takes back what a former supervisor left; to be called when the guilds are known, for guilds without a session. */
  async restoreLeftovers(isLive: (guildId: string) => boolean, guildIds: readonly string[]): Promise<void> {
    const { store, logger, discord } = this.#options;
    const rows = await store.indicators.all().catch((error: unknown) => {
      logger.error({ err: error }, 'what the nicknames were before cannot be read');
      return [];
    });
    for (const row of rows) if (!isLive(row.guildId)) await this.#undo(row);
    const handled = new Set(rows.filter(({ kind }) => kind === 'nickname').map((row) => row.guildId));
    for (const guildId of guildIds) {
      if (isLive(guildId) || handled.has(guildId)) continue;
      const { nickname } = discord.ownName(guildId) ?? { nickname: null };
      if (nickname === null || withoutPrefix(nickname) === nickname) continue;
      const bare = withoutPrefix(nickname);
      await this.#undo({ guildId, kind: 'nickname', channelId: null, previous: bare || null, shown: nickname, at: 0 });
    }
  }

  [Symbol.dispose](): void {
    for (const retry of this.#retries.values()) retry[Symbol.dispose]();
    this.#retries.clear();
  }

  async #nicknameRow(guildId: string): Promise<IndicatorRow | null> {
    const { discord, store } = this.#options;
    const name = discord.ownName(guildId);
    if (!name) return null;
    const { nickname, username } = name;
    // A nickname that a former supervisor left may be cut; what it wrote down before is the whole one.
    const rows = await store.indicators.all().catch(() => []);
    const left = rows.find((row) => row.guildId === guildId && row.kind === 'nickname' && row.shown === nickname);
    const bare = left ? left.previous : nickname === null ? null : withoutPrefix(nickname);
    return {
      guildId,
      kind: 'nickname',
      channelId: null,
      previous: bare || null,
      shown: recordingNickname(bare || username),
      at: this.#options.clock.now(),
    };
  }

  async #try(row: IndicatorRow | null): Promise<boolean> {
    if (!row) return false;
    const { store, logger } = this.#options;
    try {
      await store.indicators.set(row);
    } catch (error) {
      // The prefix itself tells the next start what to take away.
      logger.warn({ err: error, guildId: row.guildId }, 'what the indicator replaces could not be remembered');
    }
    try {
      await this.#put(row, row.shown);
      this.#shown.set(row.guildId, row);
      return true;
    } catch (error) {
      logger.warn(
        { guildId: row.guildId, kind: row.kind, reason: shortError(error) },
        'the indicator could not be shown',
      );
      await this.#forget(row);
      return false;
    }
  }

  async #undo(row: IndicatorRow, attempt = 0): Promise<void> {
    const { discord, logger } = this.#options;
    try {
      // Discord may not have told us of our own change yet: then the old name still seems to stand.
      const standing = row.kind === 'nickname' ? (discord.ownName(row.guildId)?.nickname ?? null) : row.shown;
      if (standing === row.shown || standing === row.previous) await this.#put(row, row.previous);
      if (this.#shown.get(row.guildId)?.kind !== row.kind) await this.#forget(row);
    } catch (error) {
      logger.warn(
        { guildId: row.guildId, kind: row.kind, reason: shortError(error) },
        'the indicator could not be taken back',
      );
      // From outside that never works, and Discord itself takes a status away with the last person in the channel.
      if (row.kind === 'voice_status') await this.#forget(row);
      else this.#undoLater(row, attempt);
    }
  }

  /** The prefix of a session that is over would tell people something untrue. */
  #undoLater(row: IndicatorRow, attempt: number): void {
    const { background, clock } = this.#options;
    const { guildId } = row;
    const ms = undoRetryMs[attempt];
    if (ms === undefined) return;
    this.#retries.get(guildId)?.[Symbol.dispose]();
    const retry = clock.setTimeout(() => {
      this.#retries.delete(guildId);
      // A session that shows it again has taken over what stood there before.
      if (this.#shown.has(guildId)) return;
      background.run('indicator', () => this.#undo(row, attempt + 1), { guildId });
    }, ms);
    this.#retries.set(guildId, retry);
  }

  async #put(row: IndicatorRow, text: string | null): Promise<void> {
    const { discord } = this.#options;
    if (row.kind === 'nickname') await discord.setNickname(row.guildId, text);
    else if (row.channelId !== null) await discord.setVoiceStatus(row.channelId, text ?? '');
  }

  async #forget(row: IndicatorRow): Promise<void> {
    const { store, logger } = this.#options;
    await store.indicators
      .clear(row.guildId, row.kind)
      .catch((error: unknown) => logger.warn({ err: error, guildId: row.guildId }, 'the store kept an old indicator'));
  }
}
