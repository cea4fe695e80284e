/** What went wrong on the way. Ids are Discord’s; times epoch milliseconds; durations milliseconds. */
export interface TroubleMessages {
  readonly gap_voxproc: { readonly gapMs: number };
  readonly reconnecting: Record<never, never>;
  readonly reconnected: { readonly gapMs: number };
  readonly server_deafened: Record<never, never>;
  readonly server_undeafened: { readonly gapMs: number };
  readonly server_muted: Record<never, never>;
  /** Somebody shows their screen; said once per person and session. */
  readonly stream_started: { readonly userId: string };
  /** Of the bot, in the channel it is in, by Discord's names. */
  readonly permissions_changed: {
    readonly channelId: string;
    readonly lost: readonly string[];
    readonly regained: readonly string[];
  };
  readonly undecryptable_person: { readonly userId: string };
  readonly encryption_on: { readonly privacyCode: string };
  readonly encryption_off: Record<never, never>;
  readonly disk_low: { readonly freeBytes: number; readonly stopsAtBytes: number };
  readonly speak_missing: Record<never, never>;
}
