import { AgentConnectError } from '../../session/join/agent-connector.ts';
import { type CloseCode, closeCodes } from './provider-event.ts';

/** A provider could not be connected, and why, as a code; `retryable`: another attempt may do. */
export class ProviderConnectError extends AgentConnectError {
  readonly code: CloseCode;
  readonly retryable: boolean;

  /** @param diagnostics what was tried and answered, secrets already taken out */
  constructor(
    provider: string,
    code: CloseCode,
    reason: string,
    diagnostics: Readonly<Record<string, unknown>>,
    cause?: unknown,
  ) {
    super(`${provider}: ${closeCodes[code].meaning} (${reason})`, { code, ...diagnostics }, cause);
    this.name = 'ProviderConnectError';
    this.code = code;
    this.retryable = closeCodes[code].retryable;
  }
}
