/** Audio of v0 that cannot be read. */
export class FloatAudioError extends Error {
  override readonly name = 'FloatAudioError';
}

const fullScale = 32_768;
/** Base64 as RFC 4648 writes it; `Buffer` and `atob` would each take other things as well. */
const base64Shape = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Samples of base64 f32le as 16-bit; what is beyond full scale is limited, what is no number is silence.
 * @throws FloatAudioError for what is no base64, or no whole samples
 */
export const samplesOfBase64 = (base64: string): Int16Array => {
  if (!base64Shape.test(base64)) throw new FloatAudioError('the audio is no base64');
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  if (bytes.length % 4 !== 0) throw new FloatAudioError(`${bytes.length} bytes are no whole 32-bit samples`);
  const view = new DataView(bytes.buffer);
  return Int16Array.from({ length: bytes.length / 4 }, (_, at) => sampleOf(view.getFloat32(at * 4, true)));
};

const sampleOf = (value: number): number => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 0 : Math.sign(value) * (fullScale - 1);
  return Math.max(-fullScale, Math.min(fullScale - 1, Math.round(value * fullScale)));
};

/** 16-bit samples as base64 f32le. */
export const base64OfSamples = (samples: Int16Array): string => {
  const bytes = new Uint8Array(samples.length * 4);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < samples.length; at += 1) view.setFloat32(at * 4, (samples[at] ?? 0) / fullScale, true);
  let text = '';
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
};
