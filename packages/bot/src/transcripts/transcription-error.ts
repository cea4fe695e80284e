/** What can be wrong with a transcription, and what becomes of its job: `later` is tried again by itself, `never` waits for a person. */
export const transcriptionErrors = {
  engine_missing: { again: 'never', says: 'The recognizer is not installed, or is not where the settings say.' },
  model_missing: { again: 'never', says: 'The recognizer’s model is missing: set `transcription.model`.' },
  key_refused: { again: 'never', says: 'The provider refused the key: check `OPENAI_API_KEY`.' },
  not_paid: { again: 'never', says: 'The provider wants to be paid first: look at the account’s balance and limits.' },
  request_refused: {
    again: 'never',
    says: 'The provider refused the request: check `transcription.baseUrl` and `transcription.model`.',
  },
  rate_limited: { again: 'later', says: 'The provider has too much to do.' },
  unavailable: { again: 'later', says: 'The provider cannot be reached, or does not answer.' },
  bad_answer: {
    again: 'never',
    says: 'What came back is no transcription: check `transcription.baseUrl` and `transcription.model`.',
  },
  tool_failed: { again: 'later', says: 'The recognizer failed.' },
  folder: { again: 'later', says: 'The recording cannot be read or written now.' },
  gone: { again: 'never', says: 'The recording’s files are gone, or were made by a newer Parley.' },
  broken: { again: 'later', says: 'Transcription broke off.' },
} as const satisfies Record<string, { readonly again: 'later' | 'never'; readonly says: string }>;

export type TranscriptionErrorCode = keyof typeof transcriptionErrors;
export const transcriptionErrorCodes = Object.keys(transcriptionErrors) as readonly TranscriptionErrorCode[];

/** A transcription failed; the message says what and where, without anything that was said. */
export class TranscriptionError extends Error {
  override readonly name = 'TranscriptionError';
  readonly code: TranscriptionErrorCode;

  constructor(code: TranscriptionErrorCode, detail: string, options?: ErrorOptions) {
    super(`${transcriptionErrors[code].says} (${detail})`, options);
    this.code = code;
  }
}
