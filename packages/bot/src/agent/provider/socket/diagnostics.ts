import type { IncomingHttpHeaders } from 'node:http';
import { redactText, redactUrl } from './redact.ts';

/** Where it went wrong: the host answered with something else, the connection failed, nobody answered in time, the provider itself said no. */
export type DiagnosticsSource = 'unexpected_response' | 'socket_error' | 'timeout' | 'provider_error' | 'socket_closed';

/** What was tried and answered, for the log; there is no secret in it. */
export interface ConnectDiagnostics {
  readonly source: DiagnosticsSource;
  readonly url: string;
  readonly statusCode?: number;
  readonly statusMessage?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bodyPreview?: string;
  readonly providerCode?: string;
  readonly closeCode?: number;
  /** Types of the last messages sent, oldest first. */
  readonly lastSent: readonly string[];
}

/** Headers that help to find a refusal again and hold nothing of anybody's. */
const tellingHeaders = [
  'content-type',
  'retry-after',
  'server',
  'date',
  'x-request-id',
  'cf-ray',
  'openai-processing-ms',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
] as const;

/** What an HTTP answer says where a socket was asked for. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The part of an answer that goes to the log. */
export const describeAnswer = (
  answer: HttpAnswer,
  secrets: readonly string[],
): Pick<ConnectDiagnostics, 'statusCode' | 'statusMessage' | 'headers' | 'bodyPreview'> => {
  const headers: Record<string, string> = {};
  for (const name of tellingHeaders) {
    const value = answer.headers[name];
    if (typeof value === 'string') headers[name] = redactText(value, secrets);
  }
  return {
    statusCode: answer.statusCode,
    statusMessage: redactText(answer.statusMessage, secrets),
    headers,
    bodyPreview: redactText(answer.body, secrets),
  };
};

/** Diagnostics of an attempt at `url`. */
export const diagnosticsOf = (
  source: DiagnosticsSource,
  url: string,
  lastSent: readonly string[],
  more: Omit<Partial<ConnectDiagnostics>, 'source' | 'url' | 'lastSent'> = {},
): ConnectDiagnostics => ({ source, url: redactUrl(url), ...more, lastSent: [...lastSent] });
