/** What a WAV file holds: 16-bit mono. */
export interface WavSpeech {
  readonly rate: number;
  readonly seconds: number;
  /** Stretches that are not silent, in seconds; those less than 0.2 s apart are one. */
  readonly loud: readonly { readonly start: number; readonly end: number }[];
}

/** Reads a WAV file and finds where it is not silent. @throws Error when it is none a transcriber takes */
export const readWavSpeech = (bytes: Uint8Array): WavSpeech => {
  const wav = Buffer.from(bytes);
  if (wav.toString('latin1', 0, 4) !== 'RIFF' || wav.toString('latin1', 8, 16) !== 'WAVEfmt ') {
    throw new Error('no WAV file');
  }
  const [format, channels, rate, bits] = [
    wav.readUInt16LE(20),
    wav.readUInt16LE(22),
    wav.readUInt32LE(24),
    wav.readUInt16LE(34),
  ];
  if (format !== 1 || channels !== 1 || bits !== 16) throw new Error('no 16-bit mono PCM');
  if (wav.readUInt32LE(40) !== wav.length - 44 || wav.readUInt32LE(4) !== wav.length - 8)
    throw new Error('wrong lengths');
  const frame = rate / 50;
  const loud: { start: number; end: number }[] = [];
  for (let at = 0; 44 + 2 * at < wav.length; at += frame) {
    let peak = 0;
    for (let i = at; i < at + frame && 44 + 2 * i < wav.length; i += 1)
      peak = Math.max(peak, Math.abs(wav.readInt16LE(44 + 2 * i)));
    if (peak < 500) continue;
    const [start, end] = [at / rate, (at + frame) / rate];
    const last = loud.at(-1);
    if (last !== undefined && start - last.end < 0.2) last.end = end;
    else loud.push({ start, end });
  }
  return { rate, seconds: (wav.length - 44) / 2 / rate, loud };
};
