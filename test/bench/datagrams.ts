import { createCipheriv } from 'node:crypto';
import type { SentPacket } from '@parley/voxproc/testing';

/** The transport key of every bench. */
export const benchKey: Buffer = Buffer.alloc(32, 7);

const HEADER_BYTES = 12;
const COUNTER_BYTES = 4;

/** A packet as a voice server sends it in `aead_aes256_gcm_rtpsize`; `counter` must not repeat. */
export const sealDatagram = ({ packet }: SentPacket, counter: number): Buffer => {
  const { sequence, timestamp, ssrc, opus } = packet;
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = 0x80;
  header[1] = 0x78;
  header.writeUInt16BE(sequence, 2);
  header.writeUInt32BE(timestamp, 4);
  header.writeUInt32BE(ssrc, 8);
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(counter >>> 0);
  const cipher = createCipheriv('aes-256-gcm', benchKey, nonce).setAAD(header);
  const sealed = Buffer.concat([cipher.update(opus), cipher.final(), cipher.getAuthTag()]);
  return Buffer.concat([header, sealed, nonce.subarray(0, COUNTER_BYTES)]);
};
