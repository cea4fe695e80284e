/**
 * Who streams their screen in a voice channel (Go Live), as far as a bot account can know: Discord sends bots the flag of the voice
 * state and nothing else. They can neither watch nor publish streams.
 */
export interface StreamRecord {
  readonly userId: string;
  readonly channelId: string;
  /** `registry`: its beginning was seen; `voice_state`: the flag was found set. */
  readonly source: 'registry' | 'voice_state';
  /** Epoch milliseconds; null when it began before anybody looked. */
  readonly startedAt: number | null;
}

/** Both records of one stream as one: what is known is never taken back by a record that knows less. Pure. */
export const mergeStreams = (known: StreamRecord, next: StreamRecord): StreamRecord => ({
  ...next,
  source: known.source === 'registry' || next.source === 'registry' ? 'registry' : 'voice_state',
  startedAt: known.startedAt ?? next.startedAt,
});
