import assert from 'node:assert/strict';
import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { isTransportMode, type TransportMode, transportModes, transportOpener } from './transport-crypto.ts';

const key = randomBytes(32);
const header = Buffer.from('9078000100000002000000030000000401020304', 'hex');

const seal = (mode: TransportMode, plain: Buffer, counter: number): Buffer => {
  const nonce = Buffer.alloc(mode === 'aead_aes256_gcm_rtpsize' ? 12 : 24);
  nonce.writeUInt32BE(counter);
  if (mode === 'aead_aes256_gcm_rtpsize') {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(header);
    return Buffer.concat([header, cipher.update(plain), cipher.final(), cipher.getAuthTag(), nonce.subarray(0, 4)]);
  }
  return Buffer.concat([header, xchacha20poly1305(key, nonce, header).encrypt(plain), nonce.subarray(0, 4)]);
};

for (const mode of transportModes) {
  describe(`transport mode ${mode}`, () => {
    it('opens what a server sealed', () => {
      const opener = transportOpener(mode, key);
      for (const plain of [Buffer.from([0xf8, 0xff, 0xfe]), randomBytes(1200), Buffer.alloc(0)]) {
        assert.deepEqual(opener.open(seal(mode, plain, 4_000_000_001), header.length), plain);
      }
    });

    it('answers null for a changed byte anywhere, and goes on with the next datagram', () => {
      const opener = transportOpener(mode, key);
      const good = seal(mode, Buffer.from('words'), 7);
      for (const at of [0, header.length, good.length - 5, good.length - 1]) {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] as number) ^ 1;
        assert.equal(opener.open(bad, header.length), null, `byte ${at}`);
      }
      assert.equal(opener.open(good, header.length)?.toString(), 'words');
    });

    it('answers null when there is no room for tag and counter', () => {
      const opener = transportOpener(mode, key);
      for (let bytes = 0; bytes < header.length + 20; bytes += 1) {
        assert.equal(opener.open(Buffer.alloc(bytes), header.length), null);
      }
    });
  });
}

describe('isTransportMode', () => {
  it('knows the two modes and no inherited name', () => {
    assert.ok(transportModes.every(isTransportMode));
    assert.equal(isTransportMode('xsalsa20_poly1305'), false);
    assert.equal(isTransportMode('toString'), false);
  });
});
