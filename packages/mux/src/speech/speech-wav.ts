import { SPEECH_RATE } from './downsampler.ts';

/** Bytes of the header: RIFF, a `fmt ` chunk of 16, and the head of `data` (Microsoft's Multimedia Programming Interface 1.0). */
export const SPEECH_WAV_HEADER = 44;

/** A WAV file of 16-bit mono at 16 kHz. */
export const speechWav = (blocks: readonly Int16Array[]): Buffer => {
  const bytes = blocks.reduce((sum, block) => sum + block.byteLength, 0);
  const wav = Buffer.alloc(SPEECH_WAV_HEADER + bytes);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(SPEECH_WAV_HEADER - 8 + bytes, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(SPEECH_RATE, 24);
  wav.writeUInt32LE(SPEECH_RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(bytes, 40);
  let at = SPEECH_WAV_HEADER;
  for (const block of blocks) {
    for (const value of block) at = wav.writeInt16LE(value, at);
  }
  return wav;
};
