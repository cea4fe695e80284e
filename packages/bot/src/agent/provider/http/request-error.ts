import { type CloseCode, closeCodes } from '../provider-event.ts';

/** Why a request to a provider brought nothing; `bad_answer`: what came is not what was asked for. */
export type RequestErrorCode =
  | Exclude<CloseCode, 'session_expired' | 'not_ready' | 'overloaded' | 'closed' | 'dropped' | 'garbage'>
  | 'bad_answer';

/** What is told of a failed request; there is no secret and no speech in it. */
export interface RequestErrorDetails {
  readonly code: RequestErrorCode;
  readonly url: string;
  readonly statusCode?: number;
  readonly bodyPreview?: string;
}

/** A request to a provider failed. `retryable`: the same request may succeed later. The details stand in `cause`. */
export class ProviderRequestError extends Error {
  override readonly name = 'ProviderRequestError';
  readonly code: RequestErrorCode;
  readonly retryable: boolean;
  override readonly cause: RequestErrorDetails;

  constructor(provider: string, reason: string, cause: RequestErrorDetails) {
    const meaning =
      cause.code === 'bad_answer' ? 'the answer is not what was asked for' : closeCodes[cause.code].meaning;
    super(`${provider}: ${meaning} (${reason})`);
    this.code = cause.code;
    this.retryable = cause.code === 'bad_answer' ? false : closeCodes[cause.code].retryable;
    this.cause = cause;
  }
}
