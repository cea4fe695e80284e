/** Closed: what can be wrong with what is to be remembered, and what to do. */
export const memoryErrorCodes = {
  turn_empty: 'neither side of the turn has words; record only what was said',
  turn_conflict: 'another turn was recorded under this id; give each turn an id of its own',
  thread_ended: 'the conversation has ended, or was forgotten; open another thread',
} as const satisfies Record<string, string>;
export type MemoryErrorCode = keyof typeof memoryErrorCodes;

/** A turn that is not recorded because of what it is. Never repeated: the answer would be the same. */
export class MemoryError extends Error {
  override readonly name = 'MemoryError';
  readonly code: MemoryErrorCode;

  constructor(code: MemoryErrorCode) {
    super(memoryErrorCodes[code]);
    this.code = code;
  }
}
