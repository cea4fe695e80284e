import { randomUUID } from 'node:crypto';
import type { Clock } from '@parley/protocol';
import type { Settings } from '../../config/settings-schema.ts';
import type { Logger } from '../../log.ts';
import type { DiscordPort } from '../../session/discord-port.ts';
import type { Session } from '../../session/session.ts';
import type { Background } from '../../vox/background.ts';
import type { ChannelQuestions } from '../questions/channel-questions.ts';
import { chooseHits } from './search/choose-hits.ts';
import { type MusicSearch, MusicSearchError, type MusicSearchErrorCode } from './search/music-search.ts';
import { SessionMusic } from './session-music.ts';
import type { MusicHit, Track } from './track.ts';

/** How long somebody may take to choose one of several, milliseconds. */
export const chooseMs = 5 * 60_000;
/** Searching a folder on a slow disk is given up after this, milliseconds. */
const searchMs = 8000;

export interface MusicDeskOptions {
  readonly settings: Pick<Settings, 'music'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  readonly discord: Pick<DiscordPort, 'channel'>;
  readonly questions: Pick<ChannelQuestions, 'ask'>;
  readonly search: MusicSearch;
  readonly ffmpeg: () => Promise<string | null>;
}

export interface MusicWish {
  /** A name or an address. */
  readonly asked: string;
  readonly where: 'now' | 'next' | 'last';
  /** Who asked for it; they choose where several fit. */
  readonly userIds: readonly string[];
}

export type MusicRefusal = 'may_not_speak' | 'queue_full' | 'nothing_found' | 'too_slow' | MusicSearchErrorCode;

/** What became of a wish. `asked`: several fit, and buttons stand in the text channel. */
export type MusicAnswer =
  | { readonly kind: 'loading'; readonly title: string }
  | { readonly kind: 'queued'; readonly title: string; readonly place: number }
  | { readonly kind: 'asked'; readonly titles: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: MusicRefusal };

interface Entry {
  readonly session: Session;
  readonly music: SessionMusic;
  /** Aborts when the session is over. */
  readonly over: AbortController;
}

/** The music of every live session: finds what people want, asks which where several fit, and hands it to the session's queue. */
export class MusicDesk {
  readonly #options: MusicDeskOptions;
  readonly #byGuild = new Map<string, Entry>();

  constructor(options: MusicDeskOptions) {
    this.#options = options;
  }

  /** Follows a live session; disposing ends its music. */
  accompany(session: Session): Disposable {
    const { guildId, sessionId } = session.info;
    const logger = this.#options.logger.child({ guildId, sessionId });
    const entry: Entry = {
      ...{ session, over: new AbortController() },
      music: new SessionMusic({ ...this.#options, session, logger, newId: randomUUID }),
    };
    this.#byGuild.set(guildId, entry);
    return {
      [Symbol.dispose]: () => {
        if (this.#byGuild.get(guildId) === entry) this.#byGuild.delete(guildId);
        entry.over.abort(new Error('the session is over'));
        entry.music[Symbol.dispose]();
      },
    };
  }

  /** The music of a guild's session; null: there is no live one. */
  of(guildId: string): SessionMusic | null {
    return this.#byGuild.get(guildId)?.music ?? null;
  }

  /** Looks for music and plays it. @returns null: the guild has no live session */
  async ask(guildId: string, wish: MusicWish): Promise<MusicAnswer | null> {
    const entry = this.#byGuild.get(guildId);
    if (!entry) return null;
    const { session, over } = entry;
    const { discord, logger } = this.#options;
    if (discord.channel(guildId, session.channelId)?.botPermissions?.speak === false) return refused('may_not_speak');
    let hits: readonly MusicHit[];
    try {
      hits = await this.#find(wish.asked, over.signal);
    } catch (error) {
      if (error instanceof TooSlow) return refused('too_slow');
      if (!(error instanceof MusicSearchError)) throw error;
      if (error.cause !== undefined) logger.warn({ guildId, err: error }, 'music cannot be looked for');
      return refused(error.code);
    }
    if (over.signal.aborted) return null;
    const chosen = chooseHits(hits);
    if (chosen.kind === 'nothing') return refused('nothing_found');
    if (chosen.kind === 'one') return this.#want(entry, chosen.hit, wish);
    this.#options.background.run('which music', () => this.#choose(entry, chosen.hits, wish), { guildId });
    return { kind: 'asked', titles: chosen.hits.map(({ title }) => title) };
  }

  async #find(asked: string, signal: AbortSignal): Promise<readonly MusicHit[]> {
    const late = Promise.withResolvers<never>();
    using _timer = this.#options.clock.setTimeout(() => late.reject(new TooSlow()), searchMs);
    return await Promise.race([this.#options.search.find(asked, signal), late.promise]);
  }

  #want({ music }: Entry, { title, source }: MusicHit, { where, userIds }: MusicWish): MusicAnswer {
    const track: Track = { title, source, requestedByUserId: userIds[0] ?? '' };
    const wanted = music.want(track, where);
    if (wanted.kind === 'full') return refused('queue_full');
    return { ...wanted, title };
  }

  /** Whoever asked chooses in the text channel; what becomes of it is said there. */
  async #choose(entry: Entry, hits: readonly MusicHit[], wish: MusicWish): Promise<void> {
    const { announcer } = entry.session;
    const outcome = await this.#options.questions.ask({
      ...{ textChannelId: announcer.textChannelId, text: 'Which one?', userIds: wish.userIds, timeoutMs: chooseMs },
      choices: [...hits.map(({ title }) => ({ label: title })), { label: 'None of them', style: 'red' as const }],
      signal: entry.over.signal,
      post: (message) => announcer.post(message),
    });
    if (outcome.kind !== 'chosen') return;
    const hit = hits[outcome.index];
    if (!hit || entry.over.signal.aborted) return;
    const answer = this.#want(entry, hit, { ...wish, userIds: [outcome.userId] });
    if (answer.kind === 'asked') return;
    announcer.say({ kind: 'music_answer', details: answer });
  }
}

class TooSlow extends Error {
  override readonly name = 'TooSlow';
}

const refused = (reason: MusicRefusal): MusicAnswer => ({ kind: 'refused', reason });
