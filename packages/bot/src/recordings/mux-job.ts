/** A finished recording on its way to the mixer. */
export interface MuxJob {
  readonly recordingSessionId: string;
  /** Absolute path. */
  readonly folder: string;
  readonly guildId: string;
  /** Where progress and the result are told; null: only in the log. */
  readonly textChannelId: string | null;
  /** null: nobody is known, or they were erased. */
  readonly requestedByUserId: string | null;
}
