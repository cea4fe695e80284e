import { recordingSessionIdPattern } from '@parley/protocol';
import type { PageLinks } from '../../http/auth/page-links.ts';
import type { MessageDetails, UserMessage } from '../../notify/index.ts';
import type { RecordingRow } from '../../store/index.ts';
import { type CommandServices, defineCommand, type Invocation } from './command.ts';

/** The latest recordings of a guild that are looked at, and how many of them are asked about. */
const lookedAt = 50;
const askedAbout = 10;

export const web = defineCommand({
  name: 'web',
  says: 'a link of your own to the pages',
  personal: true,
  isFresh: true,
  options: {
    recording: {
      kind: 'word',
      says: 'which one; the running or the last one here by default',
      maxLength: 80,
      form: { pattern: recordingSessionIdPattern, like: 'the id of a recording, as `sessions` shows it' },
    },
  },
  run: async (call, services): Promise<UserMessage> => {
    const { pageLinks, settings } = services;
    const refuse = (reason: MessageDetails['page_link_refused']['reason']): UserMessage => ({
      kind: 'page_link_refused',
      details: { reason, prefix: settings.prefix },
    });
    if (!pageLinks) return refuse('pages_off');
    const { userId, args } = call;
    const wanted =
      args.recording === null
        ? await latestHere(call, services, pageLinks)
        : await pageLinks.visible(userId, args.recording);
    if (args.recording !== null && !wanted) return refuse('not_visible');
    const link = await pageLinks.linkFor(userId, wanted?.recordingSessionId ?? null);
    return {
      kind: 'page_link',
      details: {
        ...link,
        recording: wanted && { channelId: wanted.channelId, startTime: wanted.startTime },
      },
    };
  },
});

/** The newest recording that belongs to this channel and this person; a running one is the newest there is. */
const latestHere = async (
  { guildId, textChannelId, userId }: Invocation,
  { store }: CommandServices,
  pageLinks: Pick<PageLinks, 'visible'>,
): Promise<RecordingRow | null> => {
  const here = (await store.recordings.recent(guildId, lookedAt)).filter(
    (row) => row.textChannelId === textChannelId || row.channelId === textChannelId,
  );
  for (const { recordingSessionId } of here.slice(0, askedAbout)) {
    const visible = await pageLinks.visible(userId, recordingSessionId);
    if (visible) return visible;
  }
  return null;
};
