import type { Clock } from '@parley/protocol';
import type { StreamRecord } from './stream-record.ts';

/** What a voice state says of a stream, and what the one before it said; `wasStreaming` null: nobody knows. */
export interface StreamSighting {
  readonly guildId: string;
  readonly userId: string;
  /** null: in no channel. */
  readonly channelId: string | null;
  readonly streaming: boolean;
  readonly wasStreaming: boolean | null;
}

/** The streams whose beginning was seen, in all guilds, whether or not a session is there. */
export class StreamRegistry {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #byGuild = new Map<string, Map<string, StreamRecord>>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  voiceState({ guildId, userId, channelId, streaming, wasStreaming }: StreamSighting): void {
    const guild = this.#byGuild.get(guildId) ?? new Map<string, StreamRecord>();
    const known = guild.get(userId);
    if (channelId === null || !streaming) guild.delete(userId);
    else if (known) guild.set(userId, { ...known, channelId });
    else if (wasStreaming === false)
      guild.set(userId, { userId, channelId, source: 'registry', startedAt: this.#clock.now() });
    if (guild.size === 0) this.#byGuild.delete(guildId);
    else this.#byGuild.set(guildId, guild);
  }

  /** The streams in a channel. */
  in(guildId: string, channelId: string): readonly StreamRecord[] {
    return [...(this.#byGuild.get(guildId)?.values() ?? [])].filter((record) => record.channelId === channelId);
  }
}
