/** Tokens (or milliseconds, or characters) that were paid for. Each counts what it names once: cached is not part of input. */
export interface ProviderUsage {
  readonly inputTextTokens: number;
  readonly inputAudioTokens: number;
  readonly cachedTextTokens: number;
  readonly cachedAudioTokens: number;
  readonly outputTextTokens: number;
  readonly outputAudioTokens: number;
  /** Speech synthesis that is paid by the character. */
  readonly characters: number;
}

export const noUsage: ProviderUsage = {
  inputTextTokens: 0,
  inputAudioTokens: 0,
  cachedTextTokens: 0,
  cachedAudioTokens: 0,
  outputTextTokens: 0,
  outputAudioTokens: 0,
  characters: 0,
};

/** What turning speech into text cost: some models bill tokens, others the length of the speech. */
export type TranscriptionUsage =
  | {
      readonly per: 'token';
      readonly inputAudioTokens: number;
      readonly inputTextTokens: number;
      readonly outputTextTokens: number;
    }
  | { readonly per: 'second'; readonly seconds: number };

/** How a response ended. `failed` has its code in a `warning` or `closed` before. */
export const responseStatuses = ['completed', 'cancelled', 'failed', 'incomplete'] as const;
export type ResponseStatus = (typeof responseStatuses)[number];

/**
 * Why a socket is closed. Fatal ones are never retried: nothing we do again helps.
 * `retryable`: a new socket may do.
 */
export const closeCodes = {
  key_refused: { retryable: false, meaning: 'the key is wrong, revoked, or may not use this' },
  quota_exhausted: { retryable: false, meaning: 'the account has no quota or credit left' },
  model_unknown: { retryable: false, meaning: 'the model does not exist or is retired' },
  bad_config: { retryable: false, meaning: 'the provider refused the configuration' },
  rate_limited: { retryable: true, meaning: 'too many requests; try later' },
  session_expired: { retryable: true, meaning: 'the longest life of a session is over' },
  unreachable: { retryable: true, meaning: 'the host did not answer' },
  handshake_refused: { retryable: true, meaning: 'the host answered, but not with a socket' },
  not_ready: { retryable: true, meaning: 'the socket opened, but the provider did not say that it is ready' },
  garbage: { retryable: true, meaning: 'the provider sent something that cannot be read' },
  overloaded: { retryable: true, meaning: 'it does not take what we send; too much waits' },
  dropped: { retryable: true, meaning: 'the socket broke' },
  closed: { retryable: false, meaning: 'we closed it' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;
export type CloseCode = keyof typeof closeCodes;

export type ProviderEvent =
  /** The provider said that it is ready; `fresh`: it knows nothing of what was said before but the context it was given. */
  | { readonly type: 'ready'; readonly fresh: boolean }
  | { readonly type: 'response_started'; readonly responseId: string; readonly requestId: string | null }
  /** s16le mono, `rate` Hz. Of a cancelled response nothing comes any more. */
  | {
      readonly type: 'audio';
      readonly responseId: string;
      readonly itemId: string;
      readonly pcm: Uint8Array;
      readonly rate: number;
    }
  /** What the bot says: all of the item so far, `final` once for an item. */
  | {
      readonly type: 'output_transcript';
      readonly responseId: string;
      readonly itemId: string;
      readonly text: string;
      readonly final: boolean;
    }
  /** What a person said, as the provider understood it: all of the item so far. `turnId` from `endTurn`, null where it cannot be told. */
  | {
      readonly type: 'input_transcript';
      readonly turnId: string | null;
      readonly itemId: string;
      readonly text: string;
      readonly final: boolean;
      /** Mean log probability, where the provider tells it. */
      readonly confidence: number | null;
      /** What understanding it cost, where it is billed apart from the response. */
      readonly usage?: TranscriptionUsage;
    }
  | { readonly type: 'speech_started' | 'speech_stopped' }
  /** `arguments` is JSON as the model wrote it; not yet valid for the tool. */
  | {
      readonly type: 'tool_call';
      readonly responseId: string;
      readonly callId: string;
      readonly name: string;
      readonly arguments: string;
    }
  /** The provider does not want the answer any more; nothing is submitted for it. */
  | { readonly type: 'tool_call_cancelled'; readonly callId: string }
  /** Exactly once for each `response_started`, also when the socket breaks. */
  | {
      readonly type: 'response_finished';
      readonly responseId: string;
      readonly status: ResponseStatus;
      readonly usage: ProviderUsage;
    }
  /** What a response cost whose end was told before the provider told it: cancelled, it had been given up. At most once for each. */
  | { readonly type: 'late_usage'; readonly usage: ProviderUsage }
  /** The socket will be closed by the provider in `ms`. */
  | { readonly type: 'going_away'; readonly ms: number }
  /** A handle to resume with. */
  | { readonly type: 'resumable'; readonly handle: string }
  /** Nothing ends: benign errors, an odd message, a dropped frame. */
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
  /** Once, at the end, whoever ended it. */
  | {
      readonly type: 'closed';
      readonly code: CloseCode;
      readonly reason: string;
      readonly retryable: boolean;
    };

/** Hears what a provider says. Must not throw. */
export type ProviderEvents = (event: ProviderEvent) => void;
