import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Clock } from '@parley/protocol';
import { version } from '../../version.ts';
import { abortable } from '../../vox/abortable.ts';
import { PostFailure } from './post-failure.ts';
import { type Address, type ResolveName, resolveTarget } from './resolve-target.ts';

/** One try may take this long, name and answer included, milliseconds. */
export const postTimeoutMs = 10_000;
/** So much of an answer is read, bytes; what it says is not looked at. */
const answerBytes = 64 * 1024;

export interface PostOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly allowPrivate: boolean;
  readonly resolve: ResolveName;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What became of a try. `interrupted`: by the signal. */
export type PostEnd =
  | { readonly kind: 'delivered'; readonly status: number }
  /** 410: the receiver wants no more of it (RFC 9110 §15.5.11). */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly failure: PostFailure }
  | { readonly kind: 'interrupted' };

/** Sends a body once, to addresses that were looked at and to no other. Never rejects. */
export const postOnce = async (options: PostOptions): Promise<PostEnd> => {
  const { url, clock, signal } = options;
  const late = new AbortController();
  using _timer = clock.setTimeout(() => late.abort(), postTimeoutMs);
  const ended = AbortSignal.any([signal, late.signal]);
  try {
    const targets = await abortable(resolveTarget(url, options), ended);
    const response = await send(options, targets, ended);
    const status = response.statusCode ?? 0;
    await drain(response);
    if (status >= 200 && status < 300) return { kind: 'delivered', status };
    if (status === 410) return { kind: 'gone' };
    return { kind: 'failed', failure: new PostFailure('status', `it answered ${status}`) };
  } catch (error) {
    if (signal.aborted) return { kind: 'interrupted' };
    if (late.signal.aborted)
      return { kind: 'failed', failure: new PostFailure('timeout', `no answer in ${postTimeoutMs / 1000} s`) };
    if (error instanceof PostFailure) return { kind: 'failed', failure: error };
    const detail = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', failure: new PostFailure('connection', detail, { cause: error }) };
  }
};

const send = (
  { url, headers, body }: PostOptions,
  targets: readonly Address[],
  signal: AbortSignal,
): Promise<IncomingMessage> => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const bytes = Buffer.from(body);
  const options: RequestOptions = {
    method: 'POST',
    // A connection of its own: none that was made before this address was looked at.
    agent: false,
    lookup: pinned(targets),
    signal,
    headers: {
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': bytes.length,
      'user-agent': `parley/${version}`,
    },
  };
  const request = url.protocol === 'https:' ? httpsRequest(url, options, resolve) : httpRequest(url, options, resolve);
  request.on('error', reject);
  request.end(bytes);
  return promise;
};

/** Answers every question for an address with those that were looked at. */
const pinned =
  (targets: readonly Address[]): LookupFunction =>
  (_hostname, { all }, callback) => {
    if (all === true) callback(null, [...targets]);
    else callback(null, targets[0]?.address ?? '', targets[0]?.family);
  };

/** Lets the receiver finish its answer, up to a bound. It has said what counts, so nothing that goes wrong here matters. */
const drain = async (response: IncomingMessage): Promise<void> => {
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes >= answerBytes) break;
    }
  } catch {
    // Cut off, or too late.
  } finally {
    response.destroy();
  }
};
