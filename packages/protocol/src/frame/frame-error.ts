export type FrameErrorCode =
  | 'zero_length'
  | 'too_large'
  | 'undecodable'
  | 'unencodable'
  | 'unknown_kind'
  | 'not_a_frame';

/** Bytes that cannot be a frame, or a frame that cannot be bytes. On input it is fatal for the link: nothing is resynchronized by guessing. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly code: FrameErrorCode;

  /** `length` is what the prefix said (or the body's size when encoding), `head` the first bytes of the body. */
  constructor(code: FrameErrorCode, why: string, length: number, head: Uint8Array, options?: ErrorOptions) {
    const hex = Buffer.from(head.subarray(0, 16)).toString('hex');
    super(`${why} (length ${length}, first bytes ${hex || 'none'})`, options);
    this.code = code;
  }
}
