/** Audio of a message: bytes, or why they cannot be played. */
export type AudioPayload =
  | { readonly ok: true; readonly pcm: Uint8Array }
  | { readonly ok: false; readonly why: string };

/** Reads base64 as s16le. `Buffer` skips what is no base64, so the length says whether all of it was. */
export const audioPayload = (base64: string | null): AudioPayload => {
  if (base64 === null) return { ok: false, why: 'audio without data' };
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  const pcm = Buffer.from(base64, 'base64');
  if (pcm.length !== Math.floor(((base64.length - padding) * 3) / 4)) return { ok: false, why: 'audio is no base64' };
  if (pcm.length % 2 !== 0) return { ok: false, why: 'audio has half a sample' };
  return { ok: true, pcm };
};
