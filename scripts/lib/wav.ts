/** A mono 16-bit WAV file: its samples and its rate in Hz. */
export interface Wav {
  readonly sampleRate: number;
  readonly samples: Int16Array;
}

/**
 * Reads a RIFF/WAVE file of mono 16-bit PCM.
 * @throws Error naming what else the file is.
 */
export const readWav = (file: Buffer): Wav => {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('not a RIFF/WAVE file');
  }
  let sampleRate = 0;
  for (let at = 12; at + 8 <= file.length; ) {
    const id = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const body = at + 8;
    if (id === 'fmt ') {
      const [format, channels, bits] = [
        file.readUInt16LE(body),
        file.readUInt16LE(body + 2),
        file.readUInt16LE(body + 14),
      ];
      if (format !== 1 || channels !== 1 || bits !== 16) {
        throw new Error(`mono 16-bit PCM is needed, the file has format ${format}, ${channels} channels, ${bits} bits`);
      }
      sampleRate = file.readUInt32LE(body + 4);
    } else if (id === 'data') {
      const length = Math.min(size, file.length - body) >> 1;
      const samples = Int16Array.from({ length }, (_, index) => file.readInt16LE(body + index * 2));
      return { sampleRate, samples };
    }
    at = body + size + (size & 1);
  }
  throw new Error('the file has no data chunk');
};

/** A RIFF/WAVE file of mono 16-bit PCM. */
export const writeWav = ({ sampleRate, samples }: Wav): Buffer => {
  const bytes = samples.length * 2;
  const file = Buffer.alloc(44 + bytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + bytes, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(bytes, 40);
  for (const [index, sample] of samples.entries()) file.writeInt16LE(sample, 44 + index * 2);
  return file;
};

/** The samples scaled so that the largest stands at `peakDb` dBFS. */
export const normalizePeak = (samples: Int16Array, peakDb: number): Int16Array => {
  let peak = 1;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  const gain = (32_767 * 10 ** (peakDb / 20)) / peak;
  return samples.map((sample) => Math.round(sample * gain));
};
