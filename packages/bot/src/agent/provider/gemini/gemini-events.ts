import { audioPayload } from '../dialect/audio-payload.ts';
import type { ToolCalls } from '../dialect/tool-calls.ts';
import type { CloseCode, ProviderEvents } from '../provider-event.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../socket/json.ts';
import { errorOf, fatalCodeOf } from '../socket/refusal.ts';
import { type GeminiAnswers, itemOf, type OpenAnswer } from './gemini-answers.ts';
import { geminiCodeOf } from './gemini-refusals.ts';
import type { GeminiUsage } from './gemini-usage.ts';
import type { HeardTurns } from './heard-turns.ts';

/** What the messages of a session change, and who hears of it. */
export interface GeminiConversation {
  readonly emit: ProviderEvents;
  readonly answers: GeminiAnswers;
  readonly turns: HeardTurns;
  readonly usage: GeminiUsage;
  readonly calls: ToolCalls;
  readonly isReady: () => boolean;
  readonly ready: () => void;
  readonly garbage: (why: string) => void;
  readonly close: (code: CloseCode, reason: string, providerCode: string) => void;
  /** Calls of one message; `wanted` false: of an answer nobody waits for. */
  readonly called: (calls: readonly { readonly callId: string; readonly name: string }[], wanted: boolean) => void;
  readonly callCancelled: (callId: string) => void;
}

/** Hz of the PCM that comes where a piece does not say (Google's Live API guide). */
export const geminiOutputRate = 24_000;

/** Understands the messages of one session (Google's Live API reference, "BidiGenerateContentServerMessage"). */
export class GeminiEvents {
  readonly #to: GeminiConversation;
  #oddRate = geminiOutputRate;

  constructor(conversation: GeminiConversation) {
    this.#to = conversation;
  }

  hear(message: JsonObject): void {
    const { usage, isReady, ready } = this.#to;
    if ('error' in message) this.#error(message);
    if ('setupComplete' in message) ready();
    if (!isReady()) return;
    if (isObject(message.usageMetadata)) usage.hear(message.usageMetadata);
    if (isObject(message.serverContent)) this.#content(message.serverContent);
    if (isObject(message.toolCall)) this.#called(listOf(message.toolCall, 'functionCalls').filter(isObject));
    for (const id of listOf(objectOf(message, 'toolCallCancellation'), 'ids')) this.#to.callCancelled(String(id));
    if (isObject(message.goAway)) this.#to.emit({ type: 'going_away', ms: millisecondsOf(message.goAway) });
    const resumption = objectOf(message, 'sessionResumptionUpdate');
    const handle = textOf(resumption, 'newHandle');
    if (resumption.resumable === true && handle) this.#to.emit({ type: 'resumable', handle });
  }

  #content(content: JsonObject): void {
    const { answers, turns } = this.#to;
    const heard = objectOf(content, 'inputTranscription');
    if ('text' in heard || heard.finished === true) turns.piece(textOf(heard, 'text') ?? '', heard.finished === true);
    for (const part of listOf(objectOf(content, 'modelTurn'), 'parts').filter(isObject)) this.#part(part);
    const said = textOf(objectOf(content, 'outputTranscription'), 'text');
    if (said) this.#said(said);
    if (content.interrupted === true) answers.interrupted();
    if (content.generationComplete === true) {
      answers.generated();
      turns.finish();
    }
    if (content.turnComplete === true) {
      turns.finish();
      this.#complete(textOf(content, 'turnCompleteReason'));
    }
  }

  #part(part: JsonObject): void {
    // Thoughts are written down, and not for anybody's ears.
    if (part.thought === true) return;
    const { answers, emit, garbage } = this.#to;
    if (isObject(part.inlineData)) {
      const { inlineData } = part;
      const payload = audioPayload(textOf(inlineData, 'data'));
      if (!payload.ok) {
        garbage(payload.why);
        return;
      }
      const open = answers.content();
      if (open === null || payload.pcm.length === 0) return;
      const rate = this.#rateOf(textOf(inlineData, 'mimeType') ?? '');
      open.audioMs += (payload.pcm.length / 2 / rate) * 1000;
      if (open.modality === 'text') return;
      emit({ type: 'audio', responseId: open.id, itemId: itemOf(open), pcm: payload.pcm, rate });
      return;
    }
    const text = textOf(part, 'text');
    const open = text ? answers.content() : null;
    if (open !== null) open.written += text;
  }

  #said(text: string): void {
    const open = this.#to.answers.content();
    if (open === null) return;
    open.said += text;
    this.#to.emit({
      type: 'output_transcript',
      ...{ responseId: open.id, itemId: itemOf(open), text: open.said, final: false },
    });
  }

  /** `audio/pcm;rate=24000`; another rate than usual is told once. */
  #rateOf(mimeType: string): number {
    const rate = Number(/;\s*rate=(\d+)/.exec(mimeType)?.[1] ?? geminiOutputRate);
    if (rate < 8_000 || rate > 192_000) return geminiOutputRate;
    if (rate !== this.#oddRate) {
      this.#oddRate = rate;
      const message = `the provider speaks at ${rate} Hz, usual are ${geminiOutputRate} Hz`;
      this.#to.emit({ type: 'warning', code: 'output_rate', message });
    }
    return rate;
  }

  /** The end of a turn; a reason is told where the model could not answer, or waits for more. */
  #complete(reason: string | null): void {
    const { answers, emit, close } = this.#to;
    if (reason === null || !/[A-Z]/.test(reason) || harmless.has(reason)) {
      answers.complete('completed');
      return;
    }
    const code = reason.toLowerCase();
    const message = 'the model could not answer';
    emit({ type: 'warning', code, message });
    answers.complete('failed');
    const fatal = fatalCodeOf(code);
    if (fatal !== null) close(fatal, message, code);
  }

  #called(functions: readonly JsonObject[]): void {
    const { answers, calls, emit, called } = this.#to;
    const open: OpenAnswer | null = answers.content();
    const whole = functions.flatMap((one) => {
      const [id, name] = [textOf(one, 'id'), textOf(one, 'name')];
      const call = calls.whole({ call_id: id, name, arguments: JSON.stringify(objectOf(one, 'args')) });
      return call === null ? [] : [call];
    });
    if (whole.length === 0) return;
    called(whole, open !== null);
    if (open === null) return;
    for (const call of whole) emit({ type: 'tool_call', responseId: open.id, ...call });
    answers.calledTools(open);
  }

  #error(message: JsonObject): void {
    const error = errorOf(message);
    const code = error.code ?? textOf(objectOf(message, 'error'), 'status') ?? 'error';
    const fatal = fatalCodeOf(code) ?? geminiCodeOf(`${code} ${error.message}`);
    if (fatal !== null || !this.#to.isReady()) {
      this.#to.close(fatal ?? 'bad_config', error.message, code);
      return;
    }
    this.#to.emit({ type: 'warning', code, message: error.message });
    this.#to.answers.refused();
  }
}

/** Turns that end well. */
const harmless: ReadonlySet<string> = new Set(['TURN_COMPLETE_REASON_UNSPECIFIED', 'NEED_MORE_INPUT']);

/** A duration as protobuf writes it in JSON: `49.5s`. */
const millisecondsOf = (goAway: JsonObject): number => {
  const seconds = Number.parseFloat(textOf(goAway, 'timeLeft') ?? '');
  return Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) : 0;
};
