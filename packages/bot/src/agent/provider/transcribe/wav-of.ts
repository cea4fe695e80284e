/** A RIFF/WAVE file of s16le mono PCM, in memory: 44 bytes of header, then the samples as they are. */
export const wavOf = (pcm: Uint8Array, rate: number): Blob => {
  const header = Buffer.alloc(44);
  const length = pcm.length & ~1;
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(length, 40);
  return new Blob([header, Uint8Array.from(pcm.subarray(0, length))], { type: 'audio/wav' });
};
