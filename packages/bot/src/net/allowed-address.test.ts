import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAllowedAddress } from './allowed-address.ts';

/** Address, and whether it is allowed: as it is, and with private ones. */
const addresses: readonly (readonly [string, boolean, boolean])[] = [
  ['93.184.216.34', true, true],
  ['172.32.0.1', true, true],
  ['100.128.0.1', true, true],
  ['2606:4700::1111', true, true],
  ['127.0.0.1', false, true],
  ['10.1.2.3', false, true],
  ['172.16.0.1', false, true],
  ['172.31.255.255', false, true],
  ['192.168.1.1', false, true],
  ['100.64.0.1', false, true],
  ['169.254.169.254', false, true],
  ['198.18.0.1', false, true],
  ['::1', false, true],
  ['fe80::1', false, true],
  ['fd00:ec2::254', false, true],
  ['::ffff:127.0.0.1', false, true],
  ['::ffff:93.184.216.34', false, true],
  ['64:ff9b::a00:1', false, true],
  ['2002:a00:1::', false, true],
  ['2001:0:1::', false, true],
  ['0.0.0.0', false, false],
  ['224.0.0.1', false, false],
  ['255.255.255.255', false, false],
  ['::', false, false],
  ['ff02::1', false, false],
];
for (const [address, alone, withPrivate] of addresses)
  test(`a webhook ${alone ? 'goes' : withPrivate ? 'goes only where private addresses are allowed' : 'never goes'} to ${address}`, () => {
    assert.equal(isAllowedAddress('hooks.example', address, false), alone);
    assert.equal(isAllowedAddress('hooks.example', address, true), withPrivate);
  });

test('a URL that names this machine leads to this machine and nowhere else', () => {
  for (const hostname of ['localhost', '127.0.0.1', '[::1]']) {
    assert.equal(isAllowedAddress(hostname, '127.0.0.1', false), true);
    assert.equal(isAllowedAddress(hostname, '::1', false), true);
    for (const address of ['93.184.216.34', '10.0.0.1', '169.254.169.254'])
      assert.equal(isAllowedAddress(hostname, address, true), false, address);
  }
});
