/** Why a try did not reach its receiver; `unreadable`: there was nothing to send. */
export type PostFailureCode = 'unresolved' | 'address_refused' | 'connection' | 'timeout' | 'status' | 'unreadable';

/** What to look at, for each. */
export const postFailureHints = {
  unresolved: 'is the host name in webhook.url right?',
  address_refused: 'webhook.url must lead to a public address, or webhook.allowPrivate be true',
  connection: 'does the receiver run, and is its certificate valid?',
  timeout: 'the receiver has 10 seconds: it should answer first and work afterwards',
  status: 'the receiver’s own log says why; redirects are not followed',
  unreadable:
    'the recording’s session.json does not say what the event holds; parley-mux --verify says what is wrong with it',
} as const satisfies Record<PostFailureCode, string>;

/** A try that failed; another may succeed. */
export class PostFailure extends Error {
  readonly code: PostFailureCode;

  constructor(code: PostFailureCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'PostFailure';
    this.code = code;
  }
}
