import { createDecipheriv, createSecretKey } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';

/** Discord's transport encryption modes (voice documentation, "Transport Encryption Modes"). */
export const transportModes = ['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize'] as const;
export type TransportMode = (typeof transportModes)[number];

const TAG_BYTES = 16;
const COUNTER_BYTES = 4;
const nonceBytes = { aead_aes256_gcm_rtpsize: 12, aead_xchacha20_poly1305_rtpsize: 24 } as const satisfies Record<
  TransportMode,
  number
>;

export const isTransportMode = (mode: string): mode is TransportMode => Object.hasOwn(nonceBytes, mode);

/** Opens datagrams of one voice session. `open` answers null when a datagram is too short or does not authenticate. */
export interface TransportOpener {
  open(datagram: Buffer, headerBytes: number): Buffer | null;
}

/**
 * An opener for one session key. A datagram is: clear header (the associated data), ciphertext, 16 bytes of tag, 4 bytes of
 * counter; the nonce is the counter followed by zeros.
 */
export const transportOpener = (mode: TransportMode, key: Uint8Array): TransportOpener => {
  const nonce = Buffer.alloc(nonceBytes[mode]);
  const decrypt = mode === 'aead_aes256_gcm_rtpsize' ? aesGcm(key) : xchacha(key);
  return {
    open(datagram, headerBytes) {
      const counterAt = datagram.length - COUNTER_BYTES;
      if (counterAt - TAG_BYTES < headerBytes) return null;
      datagram.copy(nonce, 0, counterAt);
      try {
        return decrypt(datagram.subarray(headerBytes, counterAt), nonce, datagram.subarray(0, headerBytes));
      } catch {
        return null;
      }
    },
  };
};

type Decrypt = (sealed: Buffer, nonce: Buffer, associated: Buffer) => Buffer;

const aesGcm = (key: Uint8Array): Decrypt => {
  const secret = createSecretKey(key);
  return (sealed, nonce, associated) => {
    const tagAt = sealed.length - TAG_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', secret, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(associated).setAuthTag(sealed.subarray(tagAt));
    const plain = decipher.update(sealed.subarray(0, tagAt));
    decipher.final();
    return plain;
  };
};

const xchacha =
  (key: Uint8Array): Decrypt =>
  (sealed, nonce, associated) => {
    const plain = xchacha20poly1305(key, nonce, associated).decrypt(sealed);
    return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
  };
