import { lookup as dnsLookup } from 'node:dns/promises';
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import type { Clock } from '@parley/protocol';
import { MusicError } from './music-error.ts';
import { isPublicAddress } from './public-address.ts';

/** From asking to the header of an answer, redirects and resolving included for each, milliseconds. */
const HEADER_MS = 10_000;
const MAX_REDIRECTS = 5;
/** Larger bodies are refused: 2 GiB. */
export const MAX_BODY_BYTES = 2 * 2 ** 30;
/** What may hold audio. Anything else is a page, not music. */
const mediaTypes = /^(?:audio\/|video\/|application\/(?:ogg|octet-stream)$)/;

export interface FetchMediaOptions {
  readonly clock: Clock;
  readonly url: string;
  /** Whether a host may have a loopback or private address. */
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
  /** Larger bodies are refused; 2 GiB by default. */
  readonly maxBytes?: number;
  /** All addresses of a host; the system's resolver by default. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
  /** Whether an address is on the public internet; what the registries say by default. */
  readonly isPublic?: (address: string) => boolean;
}

const systemLookup = async (host: string): Promise<readonly string[]> =>
  (await dnsLookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/**
 * Asks an http(s) address for media. Each host is resolved once, its address judged, and the connection made to that very address: what
 * a name resolves to later does not matter. At most five redirects, each judged anew.
 * @returns the body; it errs when the connection breaks or it is larger than allowed
 * @throws MusicError `address_refused`, `fetch_failed`
 */
export const fetchMedia = async (options: FetchMediaOptions): Promise<Readable> => {
  let url = new URL(options.url);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await ask(options, url);
    const { statusCode = 0, headers } = response;
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined)
      return bodyOf(response, url, options.maxBytes ?? MAX_BODY_BYTES);
    response.destroy();
    if (!URL.canParse(headers.location, url.href)) throw failed(url, 'it redirects to what is no address');
    url = new URL(headers.location, url);
  }
  throw failed(url, `it redirects more than ${MAX_REDIRECTS} times`);
};

const failed = ({ host }: URL, words: string, cause?: unknown): MusicError =>
  new MusicError('fetch_failed', `${host}: ${words}`, cause === undefined ? undefined : { cause });

const ask = async (options: FetchMediaOptions, url: URL): Promise<IncomingMessage> => {
  const { clock, signal } = options;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw failed(url, `${url.protocol} is not fetched`);
  const late = new AbortController();
  using _ = clock.setTimeout(() => late.abort(failed(url, `no answer within ${HEADER_MS} ms`)), HEADER_MS);
  const either = AbortSignal.any([signal, late.signal]);
  try {
    const address = await orAborted(addressOf(options, url), either);
    return await requested(url, address, either);
  } catch (error) {
    if (error instanceof MusicError) throw error;
    either.throwIfAborted();
    throw failed(url, error instanceof Error ? error.message : String(error), error);
  }
};

/** The one address that is connected to. */
const addressOf = async (options: FetchMediaOptions, url: URL): Promise<string> => {
  const { lookup = systemLookup, isPublic = isPublicAddress, allowPrivate } = options;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(host) > 0 ? [host] : await lookup(host);
  const [first] = addresses;
  if (first === undefined) throw failed(url, 'the host has no address');
  const address = allowPrivate ? first : addresses.find(isPublic);
  if (address !== undefined) return address;
  throw new MusicError('address_refused', `${url.host}: ${addresses.join(', ')} is not on the public internet`);
};

const requested = async (url: URL, address: string, signal: AbortSignal): Promise<IncomingMessage> => {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const isSecure = url.protocol === 'https:';
  const options: RequestOptions & { servername?: string } = {
    host: address,
    port: url.port === '' ? (isSecure ? 443 : 80) : url.port,
    path: `${url.pathname}${url.search}`,
    agent: false,
    headers: {
      host: url.host,
      accept: 'audio/*, video/*;q=0.9, */*;q=0.1',
      'accept-encoding': 'identity',
      'user-agent': 'Parley',
    },
    // The certificate is that of the name, not of the address; an address as a name has no SNI (RFC 6066, 3).
    ...(isSecure ? { servername: isIP(url.hostname) > 0 ? '' : url.hostname } : {}),
  };
  const request = (isSecure ? requestHttps : requestHttp)(options, resolve);
  request.on('error', reject);
  const abort = () => request.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', abort, { once: true });
  request.end();
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
  }
};

const orAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    work.catch(() => undefined);
  }
};

const bodyOf = (response: IncomingMessage, url: URL, maxBytes: number): Readable => {
  const { statusCode = 0, headers } = response;
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const encoding = headers['content-encoding'] ?? 'identity';
  const length = Number(headers['content-length'] ?? 0);
  const words =
    statusCode !== 200
      ? `it answered ${statusCode}`
      : !mediaTypes.test(type)
        ? `it answered with ${type === '' ? 'no type' : type}, not with audio`
        : encoding !== 'identity'
          ? `it answered with the encoding ${encoding}`
          : length > maxBytes
            ? `${length} bytes are more than the ${maxBytes} that music may have`
            : null;
  if (words !== null) {
    response.destroy();
    throw failed(url, words);
  }
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) response.destroy(failed(url, `it is larger than ${maxBytes} bytes`));
  });
  return response.pause();
};
