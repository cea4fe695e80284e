/** RTP payload type of Opus on Discord's voice servers (Discord voice documentation, "Sending and Receiving Voice"). */
export const OPUS_PAYLOAD_TYPE = 0x78;

const FIXED_HEADER_BYTES = 12;
const EXTENSION_HEADER_BYTES = 4;
/** RTCP packet types occupy 192–223 of the second byte (RFC 5761 §4), where no audio payload type with its marker bit can be. */
const RTCP_FIRST = 192;
const RTCP_LAST = 223;
/** Type of an IP discovery answer (Discord voice documentation, "IP Discovery"). */
const DISCOVERY_RESPONSE = 2;
const DISCOVERY_BYTES = 74;

/** What a datagram of the voice server is, told from its clear bytes. */
export type Datagram =
  | { readonly kind: 'audio'; readonly header: RtpHeader }
  | { readonly kind: 'discovery'; readonly ssrc: number }
  | { readonly kind: 'rtcp' }
  | { readonly kind: 'other_payload' }
  | { readonly kind: 'not_rtp' };

/** The clear part of an RTP packet (RFC 3550 §5.1, §5.3.1). */
export interface RtpHeader {
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** The P bit: the plaintext ends in padding whose last byte is its length. */
  readonly padded: boolean;
  /** Bytes of the header that stay clear: 12, 4 for each CSRC, 4 of the extension's own header. They are the AEAD's associated data. */
  readonly headerBytes: number;
  /** Bytes of the extension's body, which are encrypted with the payload and come before it. */
  readonly extensionBytes: number;
}

const RTCP: Datagram = { kind: 'rtcp' };
const OTHER_PAYLOAD: Datagram = { kind: 'other_payload' };
const NOT_RTP: Datagram = { kind: 'not_rtp' };

/** Tells audio from everything else. Never throws; a header cut short is `not_rtp`. */
export const classifyDatagram = (bytes: Buffer): Datagram => {
  if (bytes.length === DISCOVERY_BYTES && bytes.readUInt16BE(0) === DISCOVERY_RESPONSE) {
    return { kind: 'discovery', ssrc: bytes.readUInt32BE(4) };
  }
  if (bytes.length < 2) return NOT_RTP;
  const first = bytes[0] as number;
  const second = bytes[1] as number;
  if (first >> 6 !== 2) return NOT_RTP;
  if (second >= RTCP_FIRST && second <= RTCP_LAST) return RTCP;
  if (bytes.length < FIXED_HEADER_BYTES) return NOT_RTP;
  if ((second & 0x7f) !== OPUS_PAYLOAD_TYPE) return OTHER_PAYLOAD;
  const csrcEnd = FIXED_HEADER_BYTES + 4 * (first & 0x0f);
  const extended = (first & 0x10) !== 0;
  const headerBytes = csrcEnd + (extended ? EXTENSION_HEADER_BYTES : 0);
  const cutShort = bytes.length < headerBytes;
  return {
    kind: 'audio',
    header: {
      sequence: bytes.readUInt16BE(2),
      timestamp: bytes.readUInt32BE(4),
      ssrc: bytes.readUInt32BE(8),
      padded: (first & 0x20) !== 0,
      headerBytes,
      extensionBytes: extended && !cutShort ? 4 * bytes.readUInt16BE(csrcEnd + 2) : 0,
    },
  };
};

/** What is left of a transport plaintext once extension and padding are off. */
export type Payload =
  | { readonly kind: 'payload'; readonly bytes: Buffer }
  | { readonly kind: 'empty' | 'all_padding' | 'malformed' };

/**
 * Strips the extension's body, then the padding (RFC 3550 §5.1: its last byte counts itself). A padded packet whose last byte is 0
 * violates the RFC and is left whole; padding longer than what there is makes the packet malformed.
 */
export const stripPayload = (plaintext: Buffer, header: RtpHeader): Payload => {
  if (header.extensionBytes > plaintext.length) return { kind: 'malformed' };
  const body = plaintext.subarray(header.extensionBytes);
  if (body.length === 0) return { kind: 'empty' };
  if (!header.padded) return { kind: 'payload', bytes: body };
  const padding = body[body.length - 1] as number;
  if (padding > body.length) return { kind: 'malformed' };
  if (padding === body.length) return { kind: 'all_padding' };
  return { kind: 'payload', bytes: body.subarray(0, body.length - padding) };
};

/** The request of an IP discovery for our own SSRC: type 1, length 70, SSRC, the rest zero. */
export const discoveryRequest = (ssrc: number): Buffer => {
  const bytes = Buffer.alloc(DISCOVERY_BYTES);
  bytes.writeUInt16BE(1, 0);
  bytes.writeUInt16BE(DISCOVERY_BYTES - 4, 2);
  bytes.writeUInt32BE(ssrc, 4);
  return bytes;
};
