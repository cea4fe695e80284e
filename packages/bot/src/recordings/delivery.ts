import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ERASED_USER_ID, type SessionFile } from '@parley/mux';
import type { GuildSettings } from '../config/guild-settings.ts';
import type { Logger } from '../log.ts';
import type { UserMessage } from '../notify/index.ts';
import { shortError } from '../policy/denial.ts';
import type { DiscordPort, OutgoingFile, SentMessage } from '../session/discord-port.ts';
import { deliveryLadder, type Rung } from './delivery-ladder.ts';
import type { MuxJob } from './mux-job.ts';

/** How long a link to a recording works, milliseconds. */
export const linkLifetimeMs = 7 * 86_400_000;

export interface DeliveryOptions {
  readonly discord: Pick<DiscordPort, 'post' | 'postDirect' | 'deleteMessage' | 'uploadLimitBytes'>;
  readonly logger: Logger;
  /** A signed link to a file of a recording; null when the installation has no public URL. */
  readonly linkTo: ((recordingSessionId: string, file: string, expiresAt: number) => string) | null;
  /** Makes a copy of the mix of at most that many bytes. @throws when that is not possible. */
  readonly makeSmall: (folder: string, bytes: number) => Promise<{ file: string }>;
  readonly now: () => number;
  /** Remembers a message that holds voices; `readAt`: when its file began to be read. @returns whether it may stand */
  readonly posted: (recordingSessionId: string, sent: SentMessage, readAt: number) => Promise<boolean>;
}

/**
 * Brings a finished mix to the people, by the best way that works.
 * @returns the rung it came to; null: nothing was to be delivered.
 */
export const deliver = async (
  options: DeliveryOptions,
  job: MuxJob,
  session: SessionFile,
  { deliver: to }: Pick<GuildSettings, 'deliver'>,
): Promise<Rung | null> => {
  const { outputFile } = session;
  if (outputFile === null || to === 'none') return null;
  const { size } = await stat(join(job.folder, outputFile));
  const durationMs = session.durationMs ?? 0;
  // Direct messages know no boosts: there the limit of a plain guild holds.
  const limitBytes =
    to === 'requester_dm' ? options.discord.uploadLimitBytes('') : options.discord.uploadLimitBytes(job.guildId);
  const facts = { sizeBytes: size, durationMs, limitBytes, hasPublicUrl: options.linkTo !== null };
  const attempt = new DeliveryAttempt(options, job, session, {
    ...facts,
    outputFile,
    toRequester: to === 'requester_dm',
  });
  for (const rung of deliveryLadder(to, facts)) {
    try {
      await attempt.step(rung);
      return rung;
    } catch (error) {
      options.logger.warn(
        { recordingSessionId: job.recordingSessionId, rung, reason: shortError(error) },
        'the recording could not be delivered this way',
      );
    }
  }
  return 'host';
};

interface AttemptFacts {
  readonly sizeBytes: number;
  readonly durationMs: number;
  readonly limitBytes: number;
  readonly outputFile: string;
  readonly toRequester: boolean;
}

class DeliveryAttempt {
  #options: DeliveryOptions;
  #job: MuxJob;
  #session: SessionFile;
  #facts: AttemptFacts;
  #dmClosed = false;

  constructor(options: DeliveryOptions, job: MuxJob, session: SessionFile, facts: AttemptFacts) {
    this.#options = options;
    this.#job = job;
    this.#session = session;
    this.#facts = facts;
  }

  async step(rung: Rung): Promise<void> {
    const { sizeBytes, durationMs, limitBytes, outputFile } = this.#facts;
    const { folder, recordingSessionId } = this.#job;
    const { linkTo, now, makeSmall, logger } = this.#options;
    const name = `${recordingSessionId}.ogg`;
    switch (rung) {
      case 'attach':
        return await this.#send({ kind: 'delivered_file', details: { durationMs, sizeBytes } }, [
          { name, path: join(folder, outputFile) },
        ]);
      case 'attach_small': {
        const { file } = await makeSmall(folder, Math.floor(limitBytes * 0.95));
        return await this.#send({ kind: 'delivered_small', details: { limitBytes } }, [
          { name, path: join(folder, file) },
        ]);
      }
      case 'link': {
        if (!linkTo) throw new Error('no public URL is set');
        const expiresAt = now() + linkLifetimeMs;
        const url = linkTo(recordingSessionId, outputFile, expiresAt);
        return await this.#send({ kind: 'delivered_link', details: { url, expiresAt } });
      }
      case 'host':
        logger.info({ recordingSessionId, file: join(folder, outputFile) }, 'recording stays on the host');
        return await this.#send({ kind: 'delivery_on_host', details: { recordingSessionId } });
    }
  }

  /** To the channel, or to the person who asked; closed direct messages are said in the channel, once, and the file goes nowhere else. */
  async #send(message: UserMessage, files?: readonly OutgoingFile[]): Promise<void> {
    const { discord } = this.#options;
    const { textChannelId, requestedByUserId } = this.#job;
    const { toRequester } = this.#facts;
    const readAt = this.#options.now();
    if (!toRequester) {
      if (textChannelId === null) throw new Error(`no text channel is known for ${this.#session.recordingSessionId}`);
      return await this.#keep(readAt, files, await discord.post(textChannelId, message, files));
    }
    if (requestedByUserId === null || requestedByUserId === ERASED_USER_ID) {
      throw new Error('nobody is known who asked for it');
    }
    if (this.#dmClosed) throw new Error('direct messages are closed');
    try {
      return await this.#keep(readAt, files, await discord.postDirect(requestedByUserId, message, files));
    } catch (error) {
      if ((error as { code?: unknown }).code !== cannotMessageUser) throw error;
      this.#dmClosed = true;
      const closed: UserMessage = { kind: 'delivery_dm_failed', details: { requesterUserId: requestedByUserId } };
      if (textChannelId !== null) await discord.post(textChannelId, closed);
      throw error;
    }
  }

  /** A message with a voice of somebody who was erased while it was on its way does not stay. */
  async #keep(readAt: number, files: readonly OutgoingFile[] | undefined, sent: SentMessage): Promise<void> {
    if (files === undefined || files.length === 0) return;
    const { posted, discord } = this.#options;
    if (await posted(this.#job.recordingSessionId, sent, readAt)) return;
    try {
      await discord.deleteMessage(sent.channelId, sent.id);
    } catch (error) {
      // It is noted as one that has to go, and is tried again.
      this.#options.logger.warn({ messageId: sent.id, reason: shortError(error) }, 'a message could not be deleted');
    }
  }
}

/** "Cannot send messages to this user" (Discord's JSON error codes). */
const cannotMessageUser = 50_007;
