import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isAllowedAddress } from '../../net/allowed-address.ts';
import { PostFailure } from './post-failure.ts';

export interface Address {
  readonly address: string;
  /** 4 or 6. */
  readonly family: number;
}

/** All addresses of a name. */
export type ResolveName = (hostname: string) => Promise<readonly Address[]>;

export const systemResolve: ResolveName = (hostname) => lookup(hostname, { all: true });

/**
 * The addresses a request may go to, one at least. Every address of the name has to be allowed: whichever is tried, it was looked at.
 * @throws PostFailure `unresolved`, `address_refused`
 */
export const resolveTarget = async (
  { hostname }: URL,
  { allowPrivate, resolve }: { readonly allowPrivate: boolean; readonly resolve: ResolveName },
): Promise<readonly Address[]> => {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(bare);
  const addresses = family === 0 ? await resolved(bare, resolve) : [{ address: bare, family }];
  const refused = addresses.find(({ address }) => !isAllowedAddress(hostname, address, allowPrivate));
  if (refused)
    throw new PostFailure(
      'address_refused',
      `${hostname} leads to ${refused.address}, which is no public address; PARLEY_WEBHOOK_ALLOW_PRIVATE=true allows it`,
    );
  if (addresses.length === 0) throw new PostFailure('unresolved', `${hostname} has no address`);
  return addresses;
};

const resolved = async (hostname: string, resolve: ResolveName): Promise<readonly Address[]> => {
  try {
    return await resolve(hostname);
  } catch (error) {
    throw new PostFailure('unresolved', `${hostname}: ${error instanceof Error ? error.message : String(error)}`);
  }
};
