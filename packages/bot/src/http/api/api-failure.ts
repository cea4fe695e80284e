import type { ApiError, ApiErrorCode } from '@parley/protocol/api';

const statuses = {
  not_signed_in: 401,
  not_found: 404,
  not_allowed: 403,
  bad_request: 400,
  csrf: 403,
  rate_limited: 429,
  not_ready: 409,
  too_many: 409,
  internal: 500,
} as const satisfies Record<ApiErrorCode, number>;

const usual = {
  not_signed_in: 'Sign in first: in Discord, type /parley web.',
  not_found: 'There is nothing here, or it is not yours to see.',
  not_allowed: 'This is not open to you.',
  bad_request: 'The request is not what this address takes.',
  csrf: 'Load the page again: it is too old to change anything.',
  rate_limited: 'Too many requests. Wait a little.',
  not_ready: 'This is not ready yet.',
  too_many: 'There is no room for more.',
  internal: 'Something failed here. The log has the reason.',
} as const satisfies Record<ApiErrorCode, string>;

/** What is answered for what holds somebody who is being erased. */
export const beingErased = 'Somebody is being erased from this recording. It comes back without them.';

/** A refusal of the interface: its code, the status that goes with it, and words fit to be shown. */
export class ApiFailure extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;

  constructor(code: ApiErrorCode, message: string = usual[code]) {
    super(message);
    this.name = 'ApiFailure';
    this.code = code;
    this.status = statuses[code];
  }

  /** What is sent. */
  toAnswer(): ApiError {
    return { error: this.code, message: this.message };
  }
}
