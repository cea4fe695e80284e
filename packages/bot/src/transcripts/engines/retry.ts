import type { TranscriptionErrorCode } from '../transcription-error.ts';

/** Tries of one request, the first one included. */
export const maxAttempts = 5;
/** The first pause before a further try; each next one is twice as long, up to the longest. Milliseconds. */
const firstPauseMs = 1000;
const longestPauseMs = 30_000;
/** A provider that wants to be left alone for longer than this is asked again by a later run of the job. */
export const longestRetryAfterMs = 120_000;

/** How a request failed. `status: null`: there was no answer, or none in time. */
export interface RequestFailure {
  readonly status: number | null;
  /** `retry-after` or `retry-after-ms`, milliseconds. */
  readonly retryAfterMs: number | null;
  /** The provider's own code of the error, as OpenAI gives one. */
  readonly code: string | null;
}

/** What it means. Pure. */
export const meaningOf = ({ status, code }: RequestFailure): TranscriptionErrorCode => {
  if (status === 402 || code === 'insufficient_quota') return 'not_paid';
  if (status === 401 || status === 403) return 'key_refused';
  if (status === 429) return 'rate_limited';
  if (status === null || status === 408 || status === 409 || status >= 500) return 'unavailable';
  return status >= 200 && status < 300 ? 'bad_answer' : 'request_refused';
};

/** An answer of another form was paid for, and comes in that form again. */
const passing: ReadonlySet<TranscriptionErrorCode> = new Set(['rate_limited', 'unavailable']);

/**
 * How long to wait before trying again; null: not again. A provider's own word counts, otherwise pauses double, by chance up to a quarter
 * shorter, so that those who failed together do not come back together. Pure.
 * @param attempt tries so far, from 1 @param chance 0 to 1
 */
export const pauseBeforeRetry = (failure: RequestFailure, attempt: number, chance: number): number | null => {
  if (attempt >= maxAttempts || !passing.has(meaningOf(failure))) return null;
  if (failure.retryAfterMs !== null) {
    return failure.retryAfterMs > longestRetryAfterMs ? null : Math.max(0, failure.retryAfterMs);
  }
  const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1));
  return Math.round(pause * (1 - chance / 4));
};

/** `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110 §10.2.3), in milliseconds. Pure. */
export const retryAfterOf = (header: (name: string) => string | null, now: number): number | null => {
  const ms = Number(header('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const text = header('retry-after')?.trim();
  if (text === undefined || text === '') return null;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
};
