import type { GuildSettings } from '../../config/guild-settings.ts';
import type { Logger } from '../../log.ts';
import type { UserMessage } from '../../notify/index.ts';
import { shortError } from '../../policy/denial.ts';
import type { DiscordPort, OutgoingFile, SentMessage } from '../../session/discord-port.ts';
import { type ExportPlace, endingOf, exportKeepMs } from './export-files.ts';
import type { ExportJob } from './export-job.ts';
import type { ExportedFile } from './run-export.ts';

/** The ways an export reaches people, best first. */
export type ExportRung = 'attach' | 'link' | 'host';

/** Discord counts the whole request; this share of the limit is left for the file. */
const fileShare = 0.98;

/** The rungs to try in order. Pure. */
export const exportLadder = (
  to: GuildSettings['deliver'],
  facts: { readonly bytes: number; readonly limitBytes: number; readonly hasPublicUrl: boolean },
): readonly ExportRung[] => [
  ...(to !== 'none' && facts.bytes <= facts.limitBytes * fileShare ? (['attach'] as const) : []),
  ...(to !== 'none' && facts.hasPublicUrl ? (['link'] as const) : []),
  'host',
];

export interface DeliverExportOptions {
  readonly discord: Pick<DiscordPort, 'post' | 'postDirect' | 'deleteMessage' | 'uploadLimitBytes'>;
  readonly logger: Logger;
  readonly linkTo: ((recordingSessionId: string, file: string, expiresAt: number) => string) | null;
  readonly now: () => number;
  /** Remembers a message that holds voices; `readAt`: when the recording began to be read. @returns whether it may stand */
  readonly posted: (job: ExportJob, sent: SentMessage, readAt: number) => Promise<boolean>;
}

export interface DeliveredExport {
  readonly file: ExportedFile;
  readonly place: ExportPlace;
  /** When the recording began to be read, epoch milliseconds. */
  readonly readAt: number;
}

/**
 * Brings an export to who asked: attached, else by a link that works for a day, else it stays on the host for a day. Never rejects.
 * @returns the rung it came to
 */
export const deliverExport = async (
  options: DeliverExportOptions,
  job: ExportJob,
  made: DeliveredExport,
  to: GuildSettings['deliver'],
): Promise<ExportRung> => {
  const { discord, logger, linkTo } = options;
  // Direct messages know no boosts: there the limit of a plain guild holds.
  const limitBytes = discord.uploadLimitBytes(to === 'requester_dm' ? '' : job.guildId);
  for (const rung of exportLadder(to, { bytes: made.file.bytes, limitBytes, hasPublicUrl: linkTo !== null })) {
    try {
      await step(rung, options, job, made, to);
      return rung;
    } catch (error) {
      const { recordingSessionId } = job;
      logger.warn({ recordingSessionId, rung, reason: shortError(error) }, 'an export could not be delivered this way');
    }
  }
  return 'host';
};

const step = async (
  rung: ExportRung,
  options: DeliverExportOptions,
  job: ExportJob,
  { file, place, readAt }: DeliveredExport,
  to: GuildSettings['deliver'],
): Promise<void> => {
  const { linkTo, now, logger, discord, posted } = options;
  const { recordingSessionId, kind, format, requestedByUserId } = job;
  const { durationMs, bytes, people, path } = file;
  const facts = { kind, format, durationMs, sizeBytes: bytes, people, requestedByUserId };
  const send = (message: UserMessage, files?: readonly OutgoingFile[]): Promise<SentMessage> =>
    to === 'requester_dm'
      ? discord.postDirect(requestedByUserId, message, files)
      : discord.post(job.textChannelId, message, files);
  switch (rung) {
    case 'attach': {
      const name = `${recordingSessionId}-${kind === 'clip' ? 'clip' : format}.${endingOf(job)}`;
      const sent = await send({ kind: 'export_file', details: facts }, [{ name, path }]);
      if (await posted(job, sent, readAt)) return;
      try {
        await discord.deleteMessage(sent.channelId, sent.id);
      } catch (error) {
        // It is noted as one that has to go, and is tried again; what is in it is not handed over another way.
        logger.warn({ messageId: sent.id, reason: shortError(error) }, 'a message could not be deleted');
      }
      return;
    }
    case 'link': {
      if (linkTo === null) throw new Error('no public URL is set');
      const expiresAt = now() + exportKeepMs;
      const url = linkTo(recordingSessionId, place.link, expiresAt);
      await send({ kind: 'export_link', details: { ...facts, url, expiresAt } });
      return;
    }
    case 'host': {
      logger.info({ recordingSessionId, file: path, keepMs: exportKeepMs }, 'an export stays on the host');
      await discord.post(job.textChannelId, { kind: 'export_on_host', details: { ...facts, recordingSessionId } });
      return;
    }
  }
};
