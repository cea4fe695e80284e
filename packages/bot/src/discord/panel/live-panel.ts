import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { StandingNotice } from '../../session/announcer.ts';
import type { DiscordPort, SentMessage } from '../../session/discord-port.ts';
import type { Session } from '../../session/session.ts';
import type { Background } from '../../vox/background.ts';
import { ThrottledMessage } from '../throttled-message.ts';
import type { PanelBook, PanelEntry } from './panel-book.ts';
import { closedPanel, panelOf } from './panel-view.ts';

/** How often the panel is brought up to date when nothing happens, milliseconds. */
export const refreshMs = 30_000;

export interface LivePanelServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  readonly discord: Pick<DiscordPort, 'sentMessage'>;
  readonly book: PanelBook;
  /** Whether there are pages to have a link to. */
  readonly hasPages: boolean;
}

interface Shown extends StandingNotice {
  readonly message: ThrottledMessage;
}

/**
 * The live panel of a session: its notice, edited as things happen, so that no further message stands in the channel and what people
 * have to know stays above what is going on. A new notice takes the panel over and the one before is closed; the end closes the last.
 */
export class LivePanel implements Disposable {
  #services: LivePanelServices;
  #session: Session;
  #scope = new DisposableStack();
  #shown: Shown | null = null;

  constructor(services: LivePanelServices, session: Session) {
    this.#services = services;
    this.#session = session;
    const { announcer, info } = session;
    const left = services.book.all.get(info.guildId);
    if (announcer.notice) this.#begin(announcer.notice);
    else if (left?.sessionId === info.sessionId) this.#begin(noticeOf(left, services.discord, info.requestedByUserId));
    this.#scope.use(announcer.followNotices((notice) => this.#begin(notice)));
    this.#scope.use(announcer.recent.onChange(() => this.#refresh()));
    this.#scope.use(services.clock.setInterval(() => this.#refresh(), refreshMs));
  }

  [Symbol.dispose](): void {
    this.#scope.dispose();
    this.#close();
    const { background, book } = this.#services;
    background.run('panel', () => book.set(this.#session.info.guildId, null));
  }

  #begin(standing: StandingNotice): void {
    this.#close();
    const { clock, background, book } = this.#services;
    const { info } = this.#session;
    const { sent, details } = standing;
    const message = new ThrottledMessage(
      { clock, background, post: async () => sent },
      {
        id: sent.id,
        channelId: sent.channelId,
        edit: (next) => this.#edit(standing, next),
      },
    );
    this.#shown = { ...standing, message };
    const { notRecorded: _, requestedByUserId: __, ...notice } = details;
    const entry: PanelEntry = { sessionId: info.sessionId, channelId: sent.channelId, messageId: sent.id, notice };
    background.run('panel', () => book.set(info.guildId, entry));
    this.#refresh();
  }

  /** A notice is not touched until the recording it tells of runs, or could not begin. */
  #refresh(): void {
    if (!this.#shown || this.#session.announcer.isNoticeHeld) return;
    const { message, details } = this.#shown;
    message.show({ kind: 'live_panel', details: panelOf(this.#session, details, this.#services.hasPages) });
  }

  /** The last words of a panel, without buttons. */
  #close(): void {
    const shown = this.#shown;
    if (!shown) return;
    this.#shown = null;
    // The session may be in another channel by now.
    const { channelId } = shown.details;
    const details = { ...panelOf(this.#session, shown.details, false), channelId, state: 'ended' as const };
    this.#services.background.run('panel end', () => shown.message.finish({ kind: 'live_panel', details }));
  }

  /** A panel somebody deleted is not put back; what else fails is tried again with the next change. */
  async #edit({ sent }: StandingNotice, next: Parameters<SentMessage['edit']>[0]): Promise<void> {
    try {
      await sent.edit(next);
    } catch (error) {
      const { guildId } = this.#session.info;
      this.#services.logger.warn({ err: error, guildId }, 'the panel could not be edited');
      if (!isGone(error) || this.#shown?.sent !== sent) return;
      this.#shown.message[Symbol.dispose]();
      this.#shown = null;
    }
  }
}

const noticeOf = (
  entry: PanelEntry,
  discord: Pick<DiscordPort, 'sentMessage'>,
  requestedByUserId: string,
): StandingNotice => ({
  sent: discord.sentMessage(entry.channelId, entry.messageId),
  details: { ...entry.notice, requestedByUserId, notRecorded: [] },
});

/** Unknown Message, Unknown Channel (Discord's JSON error codes). */
const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 10_008 || error.code === 10_003);

/** Closes the panels of sessions that are not there any more: a former supervisor left them. Never throws. */
export const closeLeftPanels = async (
  { book, discord, logger }: Pick<LivePanelServices, 'book' | 'discord' | 'logger'>,
  isLive: (sessionId: string) => boolean,
): Promise<void> => {
  for (const [guildId, entry] of [...book.all]) {
    if (isLive(entry.sessionId)) continue;
    // A closed panel names nobody.
    const { sent, details } = noticeOf(entry, discord, '');
    try {
      await sent.edit({ kind: 'live_panel', details: closedPanel(details) });
    } catch (error) {
      logger.warn({ err: error, guildId }, 'a panel of the last run could not be closed');
    }
    await book.set(guildId, null);
  }
};
