import { BlockList, isIPv6 } from 'node:net';
import { isLoopbackHost } from '../config/index.ts';

const listOf = (ranges: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
};

const loopback = listOf(['127.0.0.0/8', '::1/128']);

/** What no message can be sent to: unspecified, multicast, reserved, broadcast. */
const nowhere = listOf(['0.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4', '::/128', 'ff00::/8']);

/** IPv4 that is not the public internet: the IANA special-purpose registry, link-local with the metadata services of clouds among it. */
const privateV4 = listOf([
  ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
]);

/** The public internet of IPv6 is 2000::/3 (RFC 4291), without the parts that carry IPv4 or are documentation. */
const globalV6 = listOf(['2000::/3']);
const specialV6 = listOf(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

export const isPublicAddress = (address: string): boolean => {
  if (isIPv6(address)) return globalV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6');
  return !nowhere.check(address, 'ipv4') && !privateV4.check(address, 'ipv4');
};

/**
 * Whether a webhook may be sent to this address. A URL that names this machine is taken at its word and leads nowhere else; any other leads
 * to the public internet, unless private addresses are allowed.
 * @param hostname as the URL parser writes it
 */
export const isAllowedAddress = (hostname: string, address: string, allowPrivate: boolean): boolean => {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  if (isLoopbackHost(hostname)) return loopback.check(address, family);
  return allowPrivate ? !nowhere.check(address, family) : isPublicAddress(address);
};
