import type { Announcer } from '../announcer.ts';
import type { VoicePerson } from '../discord-port.ts';
import type { SessionInfo, SessionServices } from '../session-services.ts';
import { mergeStreams, type StreamRecord } from './stream-record.ts';

export interface StreamPresenceOptions {
  readonly services: Pick<SessionServices, 'logger' | 'store' | 'streams'>;
  readonly info: SessionInfo;
  readonly announcer: Pick<Announcer, 'say'>;
}

/** Who streams in a session's channel: seeded on entering it, followed from then on. Bots are left out. */
export class StreamPresence {
  readonly #options: StreamPresenceOptions;
  #channelId = '';
  #streams = new Map<string, StreamRecord>();
  /** People of whom it was said once in this session. */
  readonly #told = new Set<string>();

  constructor(options: StreamPresenceOptions) {
    this.#options = options;
  }

  /** The streams of now. */
  get all(): readonly StreamRecord[] {
    return [...this.#streams.values()];
  }

  /** Begins in a channel with the people in it: first what was seen to begin there, then whoever's flag is set. */
  enter(channelId: string, people: readonly VoicePerson[]): void {
    this.#channelId = channelId;
    this.#streams = new Map();
    const streamers = people.filter(({ streaming, bot }) => streaming && bot !== true);
    const here = new Set(streamers.map(({ userId }) => userId));
    const seen = this.#options.services.streams.in(this.#options.info.guildId, channelId);
    for (const record of seen.filter(({ userId }) => here.has(userId))) this.#seed(record);
    for (const { userId } of streamers) this.#seed({ userId, channelId, source: 'voice_state', startedAt: null });
  }

  /** A voice state of somebody in the guild; `inside`: they are in the session's channel. */
  voiceState({ userId, streaming, bot }: VoicePerson, inside: boolean): void {
    const known = this.#streams.get(userId);
    if (!inside || !streaming || bot === true) {
      if (known === undefined) return;
      this.#streams.delete(userId);
      this.#note('stream_ended', known);
      return;
    }
    const { services, info, announcer } = this.#options;
    const plain: StreamRecord = { userId, channelId: this.#channelId, source: 'voice_state', startedAt: null };
    const seen = services.streams.in(info.guildId, this.#channelId).find((record) => record.userId === userId);
    const next = seen === undefined ? plain : mergeStreams(plain, seen);
    this.#streams.set(userId, known === undefined ? next : mergeStreams(known, next));
    if (known !== undefined) return;
    this.#note('stream_started', next);
    if (this.#told.has(userId)) return;
    this.#told.add(userId);
    announcer.say({ kind: 'stream_started', details: { userId } });
  }

  #seed(record: StreamRecord): void {
    const known = this.#streams.get(record.userId);
    this.#streams.set(record.userId, known === undefined ? record : mergeStreams(known, record));
    if (known === undefined) this.#note('stream_discovery_pre_existing_stream_seeded', record);
  }

  #note(event: string, { userId, source }: StreamRecord): void {
    const { services, info } = this.#options;
    const { guildId, sessionId } = info;
    services.logger.info({ guildId, sessionId, userId, source }, event);
    services.store.actions.record({
      kind: 'stream_discovery',
      ...{ guildId, sessionId, channelId: this.#channelId },
      fields: { event, source, streamerUserId: userId },
    });
  }
}
