import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { Agent, fetch as undiciFetch } from 'undici';
import { isAllowedAddress } from './allowed-address.ts';

/** A request that was not made or whose answer was not taken. */
export class GuardedFetchError extends Error {
  override readonly name = 'GuardedFetchError';
  readonly code: 'scheme_refused' | 'credentials_refused' | 'address_refused' | 'too_large';

  constructor(code: GuardedFetchError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export interface GuardedFetchOptions {
  /** Whether hosts may have private addresses. */
  readonly allowPrivate: boolean;
  /** Bytes of a body that are taken; more is an error of whoever reads it. */
  readonly maxBytes: number;
  /** Default: the system's. */
  readonly lookup?: LookupFunction;
}

/** `fetch` for addresses that somebody else chose. Disposing closes its connections. */
export interface GuardedFetch extends AsyncDisposable {
  readonly fetch: typeof fetch;
}

/**
 * A `fetch` that connects only where it is allowed: each address that a name leads to is looked at when the connection is made, so
 * that a name cannot be answered differently in between; redirects are not followed; bodies are bounded.
 */
export const guardedFetch = ({ allowPrivate, maxBytes, lookup = systemLookup }: GuardedFetchOptions): GuardedFetch => {
  const guarded: LookupFunction = (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses = Array.isArray(found) ? found : [];
      const refused = addresses.find(({ address }) => !isAllowedAddress(hostname, address, allowPrivate));
      const failure = error ?? (refused === undefined ? null : refusal(hostname, refused.address));
      const [first] = addresses;
      if (failure !== null || first === undefined) callback(failure ?? refusal(hostname, 'nowhere'), '', 0);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  const dispatcher = new Agent({ connect: { lookup: guarded, timeout: 10_000 } });
  const request = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    checkUrl(url, allowPrivate);
    const response = await undiciFetch(url, {
      ...(init as Parameters<typeof undiciFetch>[1]),
      dispatcher,
      redirect: 'error',
    });
    return bounded(response as unknown as Response, maxBytes, url);
  };
  return { fetch: request as typeof fetch, [Symbol.asyncDispose]: async () => await dispatcher.destroy() };
};

const refusal = (hostname: string, address: string): GuardedFetchError =>
  new GuardedFetchError('address_refused', `${hostname} leads to ${address}, which is no public address`);

/** A host that is an address is not looked up. @throws GuardedFetchError */
const checkUrl = ({ protocol, hostname, host, username, password }: URL, allowPrivate: boolean): void => {
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new GuardedFetchError('scheme_refused', `${protocol} is neither http nor https`);
  }
  // `fetch` refuses them too, in a message that repeats them.
  if (username !== '' || password !== '') {
    throw new GuardedFetchError(
      'credentials_refused',
      `the address at ${host} has a name or a password in it; send a header instead`,
    );
  }
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0 && !isAllowedAddress(hostname, bare, allowPrivate)) throw refusal(hostname, bare);
};

const bounded = (response: Response, maxBytes: number, url: URL): Response => {
  if (response.body === null) return response;
  let bytes = 0;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) controller.enqueue(chunk);
      else controller.error(new GuardedFetchError('too_large', `${url.host} sent more than ${maxBytes} bytes`));
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(limit), { status, statusText, headers: [...headers] });
};
