import { audioPayload } from '../dialect/audio-payload.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../socket/json.ts';
import { errorOf } from '../socket/refusal.ts';

/** What a message of ElevenLabs' speech socket says. */
export type VoiceEvent =
  | {
      readonly type: 'spoken';
      readonly contextId: string | null;
      readonly pcm: Uint8Array | null;
      /** The words of this piece of speech, letter by letter as they are spoken. */
      readonly words: string;
      /** The context is over. */
      readonly final: boolean;
    }
  | { readonly type: 'error'; readonly contextId: string | null; readonly code: string; readonly message: string }
  | { readonly type: 'garbage'; readonly why: string };

/** Reads a message (types of ElevenLabs' package: `AudioOutputMulti`, `FinalOutputMulti`); fields come in both spellings. */
export const voiceEventOf = (message: JsonObject): VoiceEvent => {
  const contextId = textOf(message, 'contextId') ?? textOf(message, 'context_id');
  if ('error' in message || (typeof message.code === 'number' && 'message' in message)) {
    const { code, message: words } = errorOf(isObject(message.error) ? message : { message: message.message });
    return { type: 'error', contextId, code: textOf(message, 'error') ?? code ?? 'error', message: words };
  }
  const final = message.isFinal === true || message.is_final === true;
  const audio = textOf(message, 'audio');
  if (audio === null && !final && !('audio' in message)) {
    return { type: 'garbage', why: 'a message without speech, end or error' };
  }
  const payload = audio === null || audio === '' ? null : audioPayload(audio);
  if (payload?.ok === false) return { type: 'garbage', why: payload.why };
  const chars = listOf(objectOf(message, 'alignment'), 'chars');
  return { type: 'spoken', contextId, pcm: payload?.pcm ?? null, words: chars.join(''), final };
};
