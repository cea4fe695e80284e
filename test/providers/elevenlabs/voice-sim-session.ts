import { echoPersona, type Scenario } from '../realtime/scenario.ts';
import type { Connection, Message } from '../shared/connection.ts';
import type { Failure, Failures } from '../shared/failure.ts';
import type { Pace } from '../shared/pace.ts';
import { type Phrase, phrases, piecesOf } from '../shared/phrases.ts';

/** What is odd about the speech sockets of a server. */
export interface VoiceSwitches {
  /** Whether pings are answered. */
  ready: boolean;
  /** Whether the words of each piece of speech are told. */
  tellsWords: boolean;
}

export interface VoiceSimOptions {
  readonly connection: Connection;
  readonly scenario: Scenario;
  readonly failures: Failures;
  readonly switches: VoiceSwitches;
  readonly pace: Pace;
}

interface SimContext {
  readonly id: string;
  text: string;
  speaking: boolean;
  closing: boolean;
  stopped: boolean;
}

const rate = 24_000;
const pieceMs = 100;
const mostContexts = 5;

/** One speech socket of a simulated ElevenLabs (`multi-stream-input`): strict about contexts, as the real one is. */
export class VoiceSimSession {
  readonly #options: VoiceSimOptions;
  readonly complaints: string[] = [];
  /** Texts that were asked to be spoken. */
  readonly spoken: string[] = [];
  readonly #contexts = new Map<string, SimContext>();

  constructor(options: VoiceSimOptions) {
    this.#options = options;
    const { connection, switches } = options;
    connection.answersPings = switches.ready;
    connection.attend(
      (message) => this.#take(message),
      () => {
        for (const context of this.#contexts.values()) context.stopped = true;
      },
    );
  }

  /** Contexts that are open. */
  get open(): number {
    return this.#contexts.size;
  }

  /** Ends every context that was closed, whatever it still had to say. @param tell whether the end is told */
  endAll(tell = true): void {
    for (const context of [...this.#contexts.values()].filter(({ closing }) => closing)) {
      context.stopped = true;
      if (tell) this.#final(context);
      else this.#contexts.delete(context.id);
    }
  }

  #take(message: Message): void {
    const id = String(message.context_id ?? 'default');
    if (message.close_socket === true) this.#options.connection.close(1000, '');
    else if (message.close_context === true) this.#close(id);
    else this.#text(id, message);
  }

  #text(id: string, message: Message): void {
    const known = this.#contexts.get(id);
    if (known === undefined) {
      if (message.text !== ' ') this.#complain(`context ${id} begins with ${JSON.stringify(message.text)}`);
      if (this.#contexts.size >= mostContexts) {
        this.#error(
          null,
          'max_active_conversations',
          'Maximum simultaneous contexts per WebSocket connection exceeded (5).',
        );
        this.#options.connection.close(1008, 'max_active_conversations');
        return;
      }
    }
    const context = known ?? { id, text: '', speaking: false, closing: false, stopped: false };
    this.#contexts.set(id, context);
    const text = String(message.text ?? '');
    if (text !== '' && !text.endsWith(' ')) this.#complain(`a text does not end with a space: ${text}`);
    if (context.closing) this.#complain(`text for the closed context ${id}`);
    context.text += text;
    if (message.flush === true) this.#speak(context);
  }

  /** What was flushed is spoken to its end all the same. */
  #close(id: string): void {
    const context = this.#contexts.get(id);
    if (context === undefined) return;
    context.closing = true;
    if (!context.speaking) this.#final(context);
  }

  #speak(context: SimContext): void {
    const { failures, scenario, pace } = this.#options;
    const text = context.text.trim();
    context.text = '';
    this.spoken.push(text);
    const failure = failures.take();
    context.speaking = true;
    if (failure?.kind === 'stall') return;
    if (failure?.kind === 'error' || failure?.kind === 'failed') {
      this.#contexts.delete(context.id);
      this.#error(context.id, failure.code, failure.message ?? 'as told');
      return;
    }
    const heard = {
      ...{ number: this.spoken.length, audioMs: 0, texts: [text], toolOutputs: [], instructions: '', tools: [] },
      ...{ modality: 'audio' as const, request: {} },
    };
    const phrase = phrases.find((one) => one.text === text);
    const answer = phrase ? { kind: 'say' as const, phrase } : (scenario.answer ?? echoPersona())(heard);
    const late =
      failure?.kind === 'slow' ? pace.wait(failure.ms) : failure?.kind === 'held' ? failure.until : Promise.resolve();
    void late.then(() => this.#say(context, answer.kind === 'say' ? answer.phrase : null, failure));
  }

  async #say(context: SimContext, phrase: Phrase | null, failure: Failure | null): Promise<void> {
    const { connection, pace } = this.#options;
    if (failure?.kind === 'garbage') for (let n = 0; n < failure.count; n += 1) connection.sendRaw(`{"audio": ${n}`);
    const pieces = phrase === null ? [] : piecesOf(phrase.pcm(rate), rate, pieceMs);
    const letters = [...(phrase?.text ?? '')];
    const at = (share: number): number => Math.floor(share * letters.length);
    for (const [n, piece] of pieces.entries()) {
      if (context.stopped) return;
      if (failure?.kind === 'drop' && n >= pieces.length * failure.at) {
        connection.drop();
        return;
      }
      if (failure?.kind === 'stall_midway' && n >= pieces.length / 2) return;
      if (failure?.kind === 'out_of_order' && n === pieces.length - 1) this.#final(context);
      const message = this.#audio(
        context,
        this.#base64(piece, n, failure),
        letters.slice(at(n / pieces.length), at((n + 1) / pieces.length)),
      );
      connection.send(message);
      if (failure?.kind === 'duplicate') connection.send(message);
      await pace.after((piece.length / 2 / rate) * 1000);
    }
    context.speaking = false;
    if (context.closing) this.#final(context);
  }

  #audio({ id }: SimContext, audio: string, chars: readonly string[]): object {
    const { tellsWords } = this.#options.switches;
    const times = chars.map((_, n) => Math.floor((n * pieceMs) / chars.length));
    const alignment = { chars, charStartTimesMs: times, charDurationsMs: times.map(() => 1) };
    return { audio, isFinal: false, contextId: id, ...(tellsWords && { alignment, normalizedAlignment: alignment }) };
  }

  #base64(piece: Buffer, at: number, failure: Failure | null): string {
    if (failure?.kind !== 'bad_audio' || at >= failure.count) return piece.toString('base64');
    return failure.how === 'odd' ? piece.subarray(0, piece.length - 1).toString('base64') : '%%% no base64 %%%';
  }

  #final({ id }: SimContext): void {
    if (this.#contexts.delete(id)) this.#options.connection.send({ audio: null, isFinal: true, contextId: id });
  }

  #error(contextId: string | null, error: string, message: string): void {
    this.#options.connection.send({ message, error, code: 1008, ...(contextId !== null && { contextId }) });
  }

  #complain(what: string): void {
    this.complaints.push(what);
  }
}
