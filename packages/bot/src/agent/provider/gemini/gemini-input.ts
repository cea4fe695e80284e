import type { ContextItem } from '../realtime-provider.ts';
import type { JsonObject } from '../socket/json.ts';

/** Hz of the PCM it hears (Google's Live API guide). */
export const geminiInputRate = 16_000;
const mimeType = `audio/pcm;rate=${geminiInputRate}`;
/** Bytes of PCM in one message. */
const mostInOne = 64_000;
const mostTexts = 200;

export const activityStart: JsonObject = { realtimeInput: { activityStart: {} } };
export const activityEnd: JsonObject = { realtimeInput: { activityEnd: {} } };

/** Speech as messages; half a sample is kept for the next piece by whoever has it. */
export const audioMessages = (pcm: Buffer): readonly JsonObject[] => {
  const messages: JsonObject[] = [];
  for (let at = 0; at < pcm.length; at += mostInOne) {
    const data = pcm.subarray(at, at + mostInOne).toString('base64');
    messages.push({ realtimeInput: { audio: { data, mimeType } } });
  }
  return messages;
};

/** Something said before, as a turn of the conversation. It knows two roles; what neither said is told as what it is. */
const turnOf = ({ role, text }: ContextItem): JsonObject => ({
  role: role === 'assistant' ? 'model' : 'user',
  parts: [{ text: role === 'system' ? `(Said by nobody, for your information:) ${text}` : text }],
});

/** Texts for the conversation; `answer`: the model is to answer now. */
export const contentMessage = (texts: readonly ContextItem[], answer: boolean): JsonObject => ({
  clientContent: { ...(texts.length > 0 && { turns: texts.map(turnOf) }), turnComplete: answer },
});

/** Texts that wait until they stop nobody: whatever is put into the conversation interrupts the model. */
export class WaitingTexts {
  #texts: ContextItem[] = [];

  /** @returns false where an older one was dropped for it */
  add(item: ContextItem): boolean {
    this.#texts.push(item);
    if (this.#texts.length <= mostTexts) return true;
    this.#texts.shift();
    return false;
  }

  get isEmpty(): boolean {
    return this.#texts.length === 0;
  }

  take(): readonly ContextItem[] {
    const texts = this.#texts;
    this.#texts = [];
    return texts;
  }
}
