import { type ErrorCode, errorCodes } from './codes.ts';

/** A request's failure, on either side of the pipe: a stable code, plain words, and whether trying again can help. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = errorCodes[code].retryable;
    this.details = details;
  }
}

/** What an error response carries. Built field by field: no codec turns an Error into something useful. */
export interface WireError {
  code: string;
  message: string;
  details?: Record<string, unknown>;
}

export const toWireError = (error: unknown): WireError =>
  error instanceof ProtocolError
    ? { code: error.code, message: error.message, details: { ...error.details } }
    : { code: 'internal', message: error instanceof Error ? error.message : String(error) };

/** Reads an error response; a code this side does not know becomes `internal` and stays named in the details. */
export const fromWireError = (request: string, wire: unknown): ProtocolError => {
  const { code, message, details } = (typeof wire === 'object' && wire !== null ? wire : {}) as Partial<WireError>;
  const known = typeof code === 'string' && Object.hasOwn(errorCodes, code);
  const words = typeof message === 'string' ? message : 'refused without words';
  return new ProtocolError(
    known ? (code as ErrorCode) : 'internal',
    words.startsWith(`${request}: `) ? words : `${request}: ${words}`,
    { ...(typeof details === 'object' && details !== null ? details : {}), ...(known ? {} : { peerCode: code }) },
  );
};
