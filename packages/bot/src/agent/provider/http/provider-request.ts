import type { Clock } from '@parley/protocol';
import { redactText, redactUrl } from '../socket/redact.ts';
import { refusalOf } from '../socket/refusal.ts';
import { ProviderRequestError, type RequestErrorCode } from './request-error.ts';

export interface ProviderRequest {
  /** The vendor as people call it, for messages. */
  readonly provider: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: FormData | string;
  /** What must appear nowhere. */
  readonly secrets: readonly string[];
  /** How long the beginning of the answer, and each further piece of it, may take, ms. */
  readonly patienceMs: number;
  /** Whether an answer of this content type can be what was asked for; default: any. */
  readonly takes?: (contentType: string) => boolean;
}

const mostOfRefusal = 4_096;

/**
 * Posts a request and gives the pieces of its answer as they come; nothing is read ahead of who takes them.
 * @throws ProviderRequestError; the signal's reason
 */
export async function* postForPieces(
  request: ProviderRequest,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const { provider, url, headers, body, secrets, patienceMs } = request;
  const late = new AbortController();
  const failure = (code: RequestErrorCode, reason: string, more: { statusCode?: number; bodyPreview?: string } = {}) =>
    new ProviderRequestError(provider, redactText(reason, secrets), { code, url: redactUrl(url), ...more });
  const patiently = async <Value>(step: Promise<Value>): Promise<Value> => {
    using _timer = clock.setTimeout(() => late.abort(new Error(`nothing came for ${patienceMs / 1000} s`)), patienceMs);
    try {
      return await step;
    } catch (error) {
      signal.throwIfAborted();
      throw failure('unreachable', late.signal.aborted ? String(late.signal.reason.message) : reasonOf(error));
    }
  };
  signal.throwIfAborted();
  if (!URL.canParse(url)) throw failure('bad_config', 'the address is none');
  const both = AbortSignal.any([signal, late.signal]);
  const response = await patiently(fetch(url, { method: 'POST', redirect: 'error', headers, body, signal: both }));
  const reader = response.body?.getReader();
  try {
    if (!response.ok) {
      const preview = await patiently(beginningOf(reader));
      throw failure(codeOf(response.status, preview), `status ${response.status}`, {
        statusCode: response.status,
        bodyPreview: redactText(preview, secrets),
      });
    }
    const type = response.headers.get('content-type') ?? '';
    if (request.takes?.(type) === false) throw failure('bad_answer', `the answer is ${type}`);
    while (reader !== undefined) {
      const { done, value } = await patiently(reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    // Whoever stops listening ends the answer too.
    await reader?.cancel().catch(() => undefined);
  }
}

/** Posts a request whose answer is JSON of at most 1 MB. @throws ProviderRequestError; the signal's reason */
export const postForJson = async (request: ProviderRequest, clock: Clock, signal: AbortSignal): Promise<unknown> => {
  const { provider, url } = request;
  const bad = (reason: string) =>
    new ProviderRequestError(provider, reason, { code: 'bad_answer', url: redactUrl(url) });
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of postForPieces(request, clock, signal)) {
    size += piece.length;
    if (size > 1_000_000) throw bad('the answer is longer than 1 MB');
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw bad('the answer is no JSON');
  }
};

const beginningOf = async (reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<string> => {
  const pieces: Uint8Array[] = [];
  for (let size = 0; reader !== undefined && size < mostOfRefusal; ) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    size += value.length;
  }
  return Buffer.concat(pieces).toString('utf8').slice(0, mostOfRefusal);
};

const codeOf = (status: number, body: string): RequestErrorCode => {
  const code = refusalOf(status, body);
  switch (code) {
    case 'key_refused':
    case 'quota_exhausted':
    case 'model_unknown':
    case 'bad_config':
    case 'rate_limited':
    case 'handshake_refused':
      return code;
    default:
      return 'unreachable';
  }
};

/** `fetch` hides what went wrong in the cause of its error. */
const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
};
