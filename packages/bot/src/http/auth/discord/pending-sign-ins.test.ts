import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { OAuthFailure, oauthFailureCodes, oauthFailureWords } from './oauth-failure.ts';
import { challengeOf, PendingSignIns, pendingMs } from './pending-sign-ins.ts';

const setUp = () => {
  const clock = new FakeClock();
  const pendings = new PendingSignIns(clock);
  return { clock, pendings, ...pendings.begin('/s/x') };
};

test('what was begun in a browser ends there, with the verifier of its challenge and its target', () => {
  const { pendings, state, challenge, sealed } = setUp();
  const pending = pendings.end(sealed, state);
  assert.equal(pending.target, '/s/x');
  assert.equal(challengeOf(pending.verifier), challenge);
});

test('the challenge is the one of the standard', () => {
  // RFC 7636, appendix B
  assert.equal(
    challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'),
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  );
});

const wrong = [
  ['no cookie', 'state_missing', () => [undefined, 'x']],
  ['an empty cookie', 'state_missing', () => ['', 'x']],
  ['another state', 'state_forged', ({ sealed, pendings }) => [sealed, pendings.begin('/').state]],
  ['no state', 'state_forged', ({ sealed }) => [sealed, undefined]],
  ['a cookie that was changed', 'state_forged', ({ sealed, state }) => [`x${sealed}`, state]],
  ['a signature that was changed', 'state_forged', ({ sealed, state }) => [`${sealed}x`, state]],
  ['no signature', 'state_forged', ({ sealed, state }) => [sealed.split('.')[0], state]],
  [
    'the cookie of another start',
    'state_forged',
    ({ clock }) => {
      const { sealed, state } = new PendingSignIns(clock).begin('/');
      return [sealed, state];
    },
  ],
  [
    'ten minutes',
    'state_expired',
    ({ sealed, state, clock }) => {
      clock.advance(pendingMs);
      return [sealed, state];
    },
  ],
] as const satisfies readonly (readonly [
  string,
  string,
  (made: ReturnType<typeof setUp>) => readonly [string | undefined, string | undefined],
])[];
for (const [what, code, given] of wrong)
  test(`a sign-in that comes back with ${what} is refused as ${code}`, () => {
    const made = setUp();
    const [sealed, state] = (given as (one: typeof made) => readonly [string | undefined, string | undefined])(made);
    assert.throws(
      () => made.pendings.end(sealed, state),
      (error: unknown) => error instanceof OAuthFailure && error.code === code,
    );
  });

test('every failure says what it is and what to do', () => {
  for (const code of oauthFailureCodes) {
    const { status, title, text } = oauthFailureWords[code];
    assert.ok(status >= 400 && title.length > 10 && text.length > 30, code);
  }
});
