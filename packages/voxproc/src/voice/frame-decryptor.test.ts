import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DaveNegotiation, negotiate, notNegotiated, plainAllowed } from './dave-negotiation.ts';
import { type FrameContext, type FrameSession, openFrame } from './frame-decryptor.ts';

const plain = Buffer.from('78112233445566778899aabbccddeeff', 'hex');
const sealed = Buffer.from([...plain, 1, 2, 3, 4, 5, 6, 7, 8, 0x05, 12, 0xfa, 0xfa]);
const silence = Buffer.from([0xf8, 0xff, 0xfe]);
const encrypted: DaveNegotiation = { inForce: 1, plainUntilMs: 0 };

const session = (over: Partial<FrameSession> = {}): FrameSession => ({
  ready: true,
  canPassthrough: () => false,
  decrypt: () => plain,
  ...over,
});
const failing = (message: string) =>
  session({
    decrypt: () => {
      throw new Error(`Failed to decrypt: ${message}`);
    },
  });
const context = (over: Partial<FrameContext> = {}): FrameContext => ({
  session: session(),
  negotiation: encrypted,
  rekeying: false,
  keyless: false,
  nowMs: 1000,
  ...over,
});
/** Decrypts to something that itself looks encrypted: Opus may end so by chance. */
const lookalike = session({ decrypt: () => sealed });

const table: [string, Buffer, FrameContext, string][] = [
  ['a plain frame in a plain call', plain, context({ session: null, negotiation: notNegotiated }), 'opus'],
  ['an encrypted frame in a plain call', sealed, context({ session: null, negotiation: notNegotiated }), 'ciphertext'],
  ['an encrypted frame in an encrypted call', sealed, context(), 'opus decrypted'],
  ['a plain frame in an encrypted call', plain, context(), 'unencrypted'],
  ['a silence frame in an encrypted call', silence, context({ session: session({ ready: false }) }), 'opus'],
  ['an encrypted frame before the session is ready', sealed, context({ session: session({ ready: false }) }), 'wait'],
  ['a plain frame before the session is ready', plain, context({ session: session({ ready: false }) }), 'unencrypted'],
  ['a person whose key has not come', sealed, context({ session: failing('NoDecryptorForUser') }), 'wait'],
  ['no key that fits', sealed, context({ session: failing('NoValidCryptorFound') }), 'undecryptable'],
  ['no key that fits, while keys change hands', sealed, context({ session: failing('X'), rekeying: true }), 'wait'],
  [
    'a plain frame within the session’s passthrough',
    plain,
    context({ session: session({ canPassthrough: () => true }) }),
    'opus',
  ],
  [
    'a plain frame within the transition’s window',
    plain,
    context({ negotiation: { inForce: 1, plainUntilMs: 1001 } }),
    'opus',
  ],
  [
    'a plain frame after that window',
    plain,
    context({ negotiation: { inForce: 1, plainUntilMs: 1000 } }),
    'unencrypted',
  ],
  ['a decrypted frame that looks encrypted', sealed, context({ session: lookalike }), 'opus decrypted'],
];

describe('openFrame', () => {
  for (const [name, frame, given, expected] of table) {
    it(`judges ${name}`, () => {
      const opened = openFrame(frame, 'alice', given);
      const said = opened.kind === 'refused' ? opened.reason : opened.kind;
      assert.equal(opened.kind === 'opus' && opened.decrypted ? `${said} decrypted` : said, expected);
    });
  }
});

describe('negotiate', () => {
  it('keeps plain frames legitimate while an upgrade is prepared and for ten seconds after it', () => {
    let now = negotiate(notNegotiated, { type: 'described', version: 0 }, 0);
    now = negotiate(now, { type: 'prepared', version: 1 }, 100);
    assert.equal(plainAllowed(now, 60_000), true);
    now = negotiate(now, { type: 'executed', version: 1 }, 60_000);
    assert.deepEqual([plainAllowed(now, 69_999), plainAllowed(now, 70_000)], [true, false]);
  });

  it('opens a window of 24 s with the announcement of a downgrade', () => {
    let now = negotiate(notNegotiated, { type: 'described', version: 1 }, 0);
    assert.equal(plainAllowed(now, 1), false);
    now = negotiate(now, { type: 'prepared', version: 0 }, 1000);
    assert.deepEqual([plainAllowed(now, 24_999), plainAllowed(now, 25_000)], [true, false]);
    now = negotiate(now, { type: 'executed', version: 0 }, 2000);
    assert.equal(plainAllowed(now, 1e9), true);
  });

  it('opens no window for a change of keys', () => {
    let now = negotiate(notNegotiated, { type: 'described', version: 1 }, 0);
    now = negotiate(now, { type: 'prepared', version: 1 }, 10);
    now = negotiate(now, { type: 'executed', version: 1 }, 20);
    assert.equal(plainAllowed(now, 21), false);
  });

  it('forgets everything with a new voice session', () => {
    const now = negotiate({ inForce: 0, plainUntilMs: 99_999 }, { type: 'described', version: 1 }, 0);
    assert.equal(plainAllowed(now, 1), false);
  });
});
