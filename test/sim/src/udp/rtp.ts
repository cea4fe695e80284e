/** RTP (RFC 3550) as Discord's rtpsize modes use it: the header up to the extension's length is authenticated, the rest encrypted. */

/** Discord's payload type of Opus. */
export const OPUS_PAYLOAD_TYPE = 0x78;
/** Payload type of video datagrams mixed in; H.264 in Discord's own clients. */
export const VIDEO_PAYLOAD_TYPE = 0x65;
const FIXED_HEADER = 12;
const EXTENSION_HEADER = 4;

export interface RtpExtension {
  /** 0xBEDE for the one-byte form of RFC 8285, 0x1000 for the two-byte form. */
  readonly profile: number;
  /** Whole 32-bit words. */
  readonly data: Buffer;
}

export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly csrcs: readonly number[];
  readonly extension: RtpExtension | null;
  /** Bytes of padding after the payload, the count byte included; 0 for none. */
  readonly padding: number;
  readonly payload: Buffer;
}

export interface RtpParts {
  /** Sent in the clear and authenticated. */
  readonly header: Buffer;
  /** What gets encrypted: extension data, payload, padding. */
  readonly body: Buffer;
}

export const encodeRtp = (packet: RtpPacket): RtpParts => {
  const size = FIXED_HEADER + packet.csrcs.length * 4 + (packet.extension ? EXTENSION_HEADER : 0);
  const header = Buffer.alloc(size);
  header[0] = 0x80 | (packet.padding > 0 ? 0x20 : 0) | (packet.extension ? 0x10 : 0) | packet.csrcs.length;
  header[1] = (packet.marker ? 0x80 : 0) | packet.payloadType;
  header.writeUInt16BE(packet.sequence & 0xffff, 2);
  header.writeUInt32BE(packet.timestamp >>> 0, 4);
  header.writeUInt32BE(packet.ssrc >>> 0, 8);
  for (const [index, csrc] of packet.csrcs.entries()) header.writeUInt32BE(csrc >>> 0, FIXED_HEADER + index * 4);
  if (packet.extension) {
    header.writeUInt16BE(packet.extension.profile, size - 4);
    header.writeUInt16BE(packet.extension.data.length / 4, size - 2);
  }
  const pieces = [packet.payload];
  if (packet.extension) pieces.unshift(packet.extension.data);
  if (packet.padding > 0) {
    const padding = Buffer.alloc(packet.padding);
    padding[packet.padding - 1] = packet.padding;
    pieces.push(padding);
  }
  return { header, body: pieces.length === 1 ? packet.payload : Buffer.concat(pieces) };
};

/** Length of the authenticated header of a datagram; null when it is no RTP or too short. */
export const headerLength = (datagram: Buffer): number | null => {
  const first = datagram[0];
  if (first === undefined || datagram.length < FIXED_HEADER || first >> 6 !== 2) return null;
  const size = FIXED_HEADER + (first & 0x0f) * 4 + (first & 0x10 ? EXTENSION_HEADER : 0);
  return datagram.length >= size ? size : null;
};

/** Rebuilds a packet from its clear header and decrypted body; null when the lengths inside do not fit. */
export const decodeRtp = (header: Buffer, body: Buffer): RtpPacket | null => {
  const first = header[0] ?? 0;
  const second = header[1] ?? 0;
  const csrcCount = first & 0x0f;
  const csrcs = Array.from({ length: csrcCount }, (_, index) => header.readUInt32BE(FIXED_HEADER + index * 4));
  let start = 0;
  let extension: RtpExtension | null = null;
  if (first & 0x10) {
    const words = header.readUInt16BE(header.length - 2);
    start = words * 4;
    if (start > body.length) return null;
    extension = { profile: header.readUInt16BE(header.length - 4), data: body.subarray(0, start) };
  }
  const padding = first & 0x20 ? (body[body.length - 1] ?? 0) : 0;
  if (start + padding > body.length) return null;
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: header.readUInt16BE(2),
    timestamp: header.readUInt32BE(4),
    ssrc: header.readUInt32BE(8),
    csrcs,
    extension,
    padding,
    payload: body.subarray(start, body.length - padding),
  };
};
