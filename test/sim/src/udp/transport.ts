import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';

/** The transport encryption modes of voice gateway 8 (reference: "Transport Encryption Modes"). */
export const ENCRYPTION_MODES = ['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize'] as const;
export type EncryptionMode = (typeof ENCRYPTION_MODES)[number];

export const isEncryptionMode = (mode: string): mode is EncryptionMode =>
  (ENCRYPTION_MODES as readonly string[]).includes(mode);

const TAG_BYTES = 16;
/** The nonce's counter, which ends the datagram. */
const COUNTER_BYTES = 4;
const NONCE_BYTES = { aead_aes256_gcm_rtpsize: 12, aead_xchacha20_poly1305_rtpsize: 24 } as const satisfies Record<
  EncryptionMode,
  number
>;

/** One client's transport key; the same key serves both directions, as Discord's does. */
export class TransportKey {
  readonly mode: EncryptionMode;
  readonly key = randomBytes(32);
  #counter = 0;

  constructor(mode: EncryptionMode) {
    this.mode = mode;
  }

  /** A datagram: header, ciphertext, tag, counter. */
  seal(header: Buffer, body: Buffer): Buffer {
    this.#counter = (this.#counter + 1) >>> 0;
    const nonce = Buffer.alloc(NONCE_BYTES[this.mode]);
    nonce.writeUInt32BE(this.#counter, 0);
    const counter = nonce.subarray(0, COUNTER_BYTES);
    if (this.mode === 'aead_xchacha20_poly1305_rtpsize') {
      return Buffer.concat([header, xchacha20poly1305(this.key, nonce, header).encrypt(body), counter]);
    }
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    cipher.setAAD(header);
    return Buffer.concat([header, cipher.update(body), cipher.final(), cipher.getAuthTag(), counter]);
  }

  /** The decrypted body of a datagram; null when it was not made with this key. */
  open(datagram: Buffer, headerSize: number): Buffer | null {
    if (datagram.length < headerSize + TAG_BYTES + COUNTER_BYTES) return null;
    const nonce = Buffer.alloc(NONCE_BYTES[this.mode]);
    datagram.copy(nonce, 0, datagram.length - COUNTER_BYTES);
    const header = datagram.subarray(0, headerSize);
    const sealed = datagram.subarray(headerSize, datagram.length - COUNTER_BYTES);
    try {
      if (this.mode === 'aead_xchacha20_poly1305_rtpsize') {
        return Buffer.from(xchacha20poly1305(this.key, nonce, header).decrypt(sealed));
      }
      const decipher = createDecipheriv('aes-256-gcm', this.key, nonce);
      decipher.setAAD(header);
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES)), decipher.final()]);
    } catch {
      return null;
    }
  }
}
