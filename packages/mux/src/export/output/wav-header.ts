/** Interleaved 16-bit stereo at 48 kHz. */
const CHANNELS = 2;
const RATE = 48_000;
export const WAV_FRAME_BYTES = CHANNELS * 2;
/** The largest length the 32-bit fields of RIFF can say. */
const RIFF_LIMIT = 0xffff_ffff;
const FORMAT_BYTES = 16;
const DS64_BYTES = 28;

/**
 * The header of a WAV file of so many samples, which comes first and therefore has to know. Beyond 4 GiB it is RF64 (EBU Tech 3306),
 * with the lengths in a `ds64` chunk.
 */
export const wavHeader = (samples: number): Buffer => {
  const data = samples * WAV_FRAME_BYTES;
  const plain = 4 + 8 + FORMAT_BYTES + 8 + data;
  const large = plain > RIFF_LIMIT;
  const riff = large ? plain + 8 + DS64_BYTES : plain;
  const header = Buffer.alloc(riff - data + 8);
  let at = 0;
  const tag = (text: string): void => {
    at += header.write(text, at, 'latin1');
  };
  const u16 = (value: number): void => {
    at = header.writeUInt16LE(value, at);
  };
  const u32 = (value: number): void => {
    at = header.writeUInt32LE(value, at);
  };
  const u64 = (value: number): void => {
    at = header.writeBigUInt64LE(BigInt(value), at);
  };
  tag(large ? 'RF64' : 'RIFF');
  u32(large ? RIFF_LIMIT : riff);
  tag('WAVE');
  if (large) {
    tag('ds64');
    u32(DS64_BYTES);
    for (const length of [riff, data, samples]) u64(length);
    u32(0);
  }
  tag('fmt ');
  u32(FORMAT_BYTES);
  for (const value of [1, CHANNELS]) u16(value);
  for (const value of [RATE, RATE * WAV_FRAME_BYTES]) u32(value);
  for (const value of [WAV_FRAME_BYTES, 16]) u16(value);
  tag('data');
  u32(large ? RIFF_LIMIT : data);
  return header;
};
