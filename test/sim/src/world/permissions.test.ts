import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  computePermissions,
  type Overwrite,
  PERMISSION_BITS as P,
  type PermissionSubject,
  toBits,
} from './permissions.ts';

const subject = (roles: Record<string, bigint>, isOwner = false): PermissionSubject => ({
  userId: 'me',
  isOwner,
  everyoneId: 'everyone',
  roles: new Map(Object.entries(roles)),
});
const overwrite = (kind: 'role' | 'member', id: string, allow: bigint, deny: bigint): Overwrite => ({
  kind,
  id,
  allow,
  deny,
});
const V = P.ViewChannel;
const C = P.Connect;
const S = P.Speak;

const cases: readonly (readonly [string, PermissionSubject, readonly Overwrite[], bigint])[] = [
  ['roles add up', subject({ everyone: V, a: C, b: S }), [], V | C | S],
  ["everyone's overwrite denies", subject({ everyone: V | C }), [overwrite('role', 'everyone', 0n, C)], V],
  [
    "a role's allowance beats everyone's denial",
    subject({ everyone: V | C, a: 0n }),
    [overwrite('role', 'everyone', 0n, C), overwrite('role', 'a', C, 0n)],
    V | C,
  ],
  [
    'among roles allowance beats denial, whatever the order',
    subject({ everyone: V, a: 0n, b: 0n }),
    [overwrite('role', 'a', S, 0n), overwrite('role', 'b', 0n, S)],
    V | S,
  ],
  [
    "the member's own beats all roles",
    subject({ everyone: V | C, a: 0n }),
    [overwrite('member', 'me', 0n, C), overwrite('role', 'a', C, 0n)],
    V,
  ],
  ["somebody else's counts for nothing", subject({ everyone: V }), [overwrite('member', 'you', C, V)], V],
  ['who cannot view can do nothing', subject({ everyone: V | C | S }), [overwrite('member', 'me', 0n, V)], 0n],
];

for (const [name, who, overwrites, wanted] of cases) {
  test(`permissions: ${name}`, () => assert.equal(computePermissions(who, overwrites), wanted));
}

test('an administrator and the owner may do everything in spite of overwrites', () => {
  const denied = [overwrite('member', 'me', 0n, V | C)];
  for (const who of [subject({ everyone: P.Administrator }), subject({}, true)]) {
    assert.ok(computePermissions(who, denied) & C);
  }
});

test('permissions are given by name, and an unknown name is refused', () => {
  assert.equal(toBits(['ViewChannel', 'Connect']), V | C);
  assert.throws(() => toBits(['Fly']), { code: 'invalid_argument' });
});
