import type { ProviderId } from '../realtime-provider.ts';

/**
 * What a model is used for. `realtime`: a conversation · `input_transcription`: what it understood, inside a conversation · `live_transcription`:
 * sockets that turn speech into text · `file_transcription`: whole pieces of speech · `speech`: text spoken.
 */
export type ModelRole = 'realtime' | 'input_transcription' | 'live_transcription' | 'file_transcription' | 'speech';

/** US dollars for a million tokens of each kind; a kind the model does not have costs nothing. */
export interface TokenPrices {
  readonly inputText: number;
  readonly cachedText: number;
  readonly inputAudio: number;
  readonly cachedAudio: number;
  readonly outputText: number;
  readonly outputAudio: number;
}

/** How a model is paid. */
export type Billing =
  | { readonly per: 'token'; readonly usdPerMillion: TokenPrices }
  /** Of the time a socket is open, or of the speech it was given. */
  | { readonly per: 'minute'; readonly of: 'open_time' | 'speech'; readonly usd: number }
  | { readonly per: 'character'; readonly usdPerMillion: number };

/** A model of a vendor: what Parley has to know of it before it is asked for anything. */
export interface Model {
  readonly provider: ProviderId;
  /** As it is asked for; empty: whatever the vendor gives who asks for none. */
  readonly id: string;
  readonly roles: readonly ModelRole[];
  /** The one the vendor names as its successor; null: none is named. */
  readonly replacement: string | null;
  /** Day (UTC, `2027-01-20`) from which it is no longer to be had; null: none is announced. */
  readonly shutdownDate: string | null;
  readonly limit: { readonly contextTokens: number | null; readonly socketMs: number | null };
  readonly billing: Billing;
}

/** When the prices and dates of the table were last looked up. They change: what a vendor bills is what counts. */
export const pricesAsOf = '2026-11-21';
