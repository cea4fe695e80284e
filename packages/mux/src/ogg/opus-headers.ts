/** Pre-skip of libopus at 48 kHz in samples: what Parley writes into every file (RFC 7845 §4.2). */
export const PRE_SKIP = 312;

export interface OpusHead {
  readonly channels: number;
  /** Samples at 48 kHz a player discards at the start. */
  readonly preSkip: number;
  /** Gain in 1/256 dB a player applies. */
  readonly outputGain: number;
}

export interface OpusTags {
  readonly vendor: string;
  /** `[NAME, value]` in file order; names may repeat. */
  readonly comments: readonly (readonly [string, string])[];
}

/** The identification header, mapping family 0 (RFC 7845 §5.1). */
export const encodeOpusHead = ({ channels, preSkip, outputGain }: OpusHead): Buffer => {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 0, 'latin1');
  head[8] = 1;
  head[9] = channels;
  head.writeUInt16LE(preSkip, 10);
  head.writeUInt32LE(48_000, 12);
  head.writeInt16LE(outputGain, 16);
  return head;
};

/** Reads an identification header; null when it is none, of another major version, or of a mapping family other than 0. */
export const decodeOpusHead = (packet: Buffer): OpusHead | null => {
  if (packet.length < 19 || packet.toString('latin1', 0, 8) !== 'OpusHead') {
    return null;
  }
  const [version, channels, family] = [packet[8] as number, packet[9] as number, packet[18]];
  if (version >> 4 !== 0 || channels < 1 || channels > 2 || family !== 0) {
    return null;
  }
  return { channels, preSkip: packet.readUInt16LE(10), outputGain: packet.readInt16LE(16) };
};

/** A comment's name: printable ASCII without `=` (RFC 7845 §5.2.1 takes it from Vorbis comments). */
const commentName = /^[\x20-\x3c\x3e-\x7d]+$/;

/**
 * The comment header (RFC 7845 §5.2).
 * @throws RangeError on a comment name outside of printable ASCII or holding `=`
 */
export const encodeOpusTags = ({ vendor, comments }: OpusTags): Buffer => {
  const field = (text: string): Buffer[] => {
    const bytes = Buffer.from(text, 'utf8');
    const size = Buffer.alloc(4);
    size.writeUInt32LE(bytes.length);
    return [size, bytes];
  };
  const count = Buffer.alloc(4);
  count.writeUInt32LE(comments.length);
  const parts = [Buffer.from('OpusTags', 'latin1'), ...field(vendor), count];
  for (const [name, value] of comments) {
    if (!commentName.test(name)) {
      throw new RangeError(`encodeOpusTags: "${name}" is not a comment name`);
    }
    parts.push(...field(`${name}=${value}`));
  }
  return Buffer.concat(parts);
};

/** Reads a comment header; null when it is none or cut off. Padding after the comments is ignored. */
export const decodeOpusTags = (packet: Buffer): OpusTags | null => {
  if (packet.toString('latin1', 0, 8) !== 'OpusTags') {
    return null;
  }
  let at = 8;
  const number = (): number | null => {
    if (at + 4 > packet.length) {
      return null;
    }
    at += 4;
    return packet.readUInt32LE(at - 4);
  };
  const text = (): string | null => {
    const size = number();
    if (size === null || at + size > packet.length) {
      return null;
    }
    at += size;
    return packet.toString('utf8', at - size, at);
  };
  const vendor = text();
  const count = vendor === null ? null : number();
  if (vendor === null || count === null) {
    return null;
  }
  const comments: [string, string][] = [];
  for (let i = 0; i < count; i += 1) {
    const comment = text();
    if (comment === null) {
      return null;
    }
    const split = comment.indexOf('=');
    comments.push(split < 0 ? [comment, ''] : [comment.slice(0, split), comment.slice(split + 1)]);
  }
  return { vendor, comments };
};
