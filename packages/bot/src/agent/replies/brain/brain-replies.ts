import type { Logger } from '../../../log.ts';
import type { KeptCapture } from '../../hearing/kept-capture.ts';
import type { WordsSource } from '../../hearing/words/words-source.ts';
import { noUsage, type ProviderEvent, type ProviderUsage } from '../../provider/provider-event.ts';
import type { SpeechSynthesizer } from '../../provider/transcriber.ts';
import type { Speaker } from '../../speaking/speaker.ts';
import type { Spoken } from '../../speaking/spoken.ts';
import { CaptureTexts, type SaidByPerson } from '../capture-texts.ts';
import { heardText } from '../realtime-reply.ts';
import type { ReplyPath, ReplyTurn, ReplyWatcher, UnaskedWish } from '../reply-path.ts';
import type { ChatMessage, StreamedChat } from './chat-stream.ts';
import type { RealtimeVoice } from './realtime-voice.ts';
import { Sentences } from './sentences.ts';

/** What the model says that has nothing to say. */
const nothingToSay = '[SKIP]';
/** About how many letters are a token. */
const charsPerToken = 4;

export interface BrainRepliesOptions {
  readonly chat: StreamedChat;
  readonly words: WordsSource;
  readonly speech: SpeechSynthesizer;
  /** Where speech comes through the realtime provider: it hears what that says. */
  readonly voice: RealtimeVoice | null;
  /** Has the realtime provider opened, where speech needs it. */
  readonly wake: () => void;
  readonly speaker: Speaker;
  readonly nameOf: (userId: string) => string;
  readonly instructions: () => string;
  /** What was said before. */
  readonly context: () => readonly ChatMessage[];
  readonly onTold: (said: SaidByPerson) => void;
  readonly textOnly: () => boolean;
  readonly watcher: ReplyWatcher;
  readonly spent: (role: 'brain' | 'speech', usage: ProviderUsage, speakers: readonly string[]) => void;
  readonly logger: Logger;
}

interface BrainReply {
  readonly turn: ReplyTurn | null;
  readonly wish: UnaskedWish | null;
  readonly spoken: Spoken;
  readonly stop: AbortController;
  readonly texts: Map<string, string>;
  begun: boolean;
  heardFirst: boolean;
  generated: boolean;
}

const idOf = ({ turn }: BrainReply): string => turn?.turnId ?? 'unasked';

/** Answers by a text model, spoken sentence by sentence while it goes on (reply path `brain`). */
export class BrainReplies implements ReplyPath {
  readonly #options: BrainRepliesOptions;
  readonly #texts: CaptureTexts;
  #reply: BrainReply | null = null;

  constructor(options: BrainRepliesOptions) {
    this.#options = options;
    this.#texts = new CaptureTexts(options.words, () => this.#begin());
  }

  give(kept: KeptCapture): void {
    this.#options.wake();
    this.#texts.give(kept);
  }

  takeBack(captureId: string): void {
    this.#texts.takeBack(captureId);
  }

  request(turn: ReplyTurn): void {
    this.#open(turn, null);
  }

  withdraw(turnId: string): void {
    if (this.#reply?.turn?.turnId === turnId) void this.#drop(this.#reply);
  }

  pause(): void {
    void this.#reply?.spoken.pause();
  }

  resume(): void {
    void this.#reply?.spoken.resume();
  }

  cut(): void {
    if (this.#reply) void this.#drop(this.#reply);
    else this.#options.watcher.floor({ type: 'speech_over', turnId: null, heardMs: 0 });
  }

  say(wish: UnaskedWish): boolean {
    if (this.#reply !== null) return false;
    this.#open(null, wish);
    return true;
  }

  dropThought(): void {
    const reply = this.#reply;
    if (reply?.wish?.why === 'thought' && !reply.spoken.isSpeaking) void this.#drop(reply);
  }

  event(event: ProviderEvent): void {
    const { voice, spent } = this.#options;
    voice?.event(event);
    if (event.type === 'response_finished') spent('speech', event.usage, this.#reply?.turn?.speakers ?? []);
  }

  linkChanged(): void {
    this.#begin();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#reply) await this.#drop(this.#reply);
    this.#texts[Symbol.dispose]();
  }

  #open(turn: ReplyTurn | null, wish: UnaskedWish | null): void {
    if (this.#reply) void this.#drop(this.#reply);
    const { speaker, watcher, wake } = this.#options;
    const reply: BrainReply = {
      ...{ turn, wish, stop: new AbortController(), texts: new Map() },
      ...{ begun: false, heardFirst: false, generated: false },
      spoken: speaker.open({
        speaking: () => this.#speaking(reply),
        sounding: (trimmedMs) => {
          if (turn) watcher.stage(turn.turnId, 'first_packet', trimmedMs);
        },
        over: ({ heardMs, items }) => {
          if (this.#reply === reply) this.#reply = null;
          if (!reply.spoken.isSpeaking) return;
          watcher.said({ turnId: turn?.turnId ?? null, ...heardText(reply.texts, items) });
          if (turn === null) watcher.floor({ type: 'speech_unasked', on: false });
          watcher.floor({ type: 'speech_over', turnId: turn?.turnId ?? null, heardMs });
        },
      }),
    };
    this.#reply = reply;
    wake();
    this.#begin();
  }

  /** Begins as soon as the words of all it answers are known. */
  #begin(): void {
    const reply = this.#reply;
    if (!reply || reply.begun) return;
    if (reply.turn && !this.#texts.has(reply.turn.captureIds)) return;
    reply.begun = true;
    void this.#run(reply);
  }

  async #run(reply: BrainReply): Promise<void> {
    const { logger, watcher, textOnly } = this.#options;
    const { turn, stop } = reply;
    try {
      if (turn) watcher.stage(turn.turnId, 'request');
      await this.#answer(reply);
      if (stop.signal.aborted) return;
      reply.generated = true;
      const text = [...reply.texts.values()].join(' ').trim();
      if (textOnly()) {
        if (text !== '') watcher.wrote(text);
        watcher.said({ turnId: turn?.turnId ?? null, text, cutOff: '' });
      }
      if (turn && (reply.spoken.isSpeaking || !reply.heardFirst)) {
        watcher.floor({ type: 'reply', turnId: turn.turnId, phase: 'generated' });
      }
      reply.spoken.finish();
    } catch (error) {
      if (stop.signal.aborted) return;
      logger.warn({ err: error }, 'the text model or the voice did not answer');
      // What has been said already is heard out.
      if (reply.spoken.isSpeaking) reply.spoken.finish();
      else {
        await reply.spoken.cut();
        if (this.#reply === reply) this.#reply = null;
        if (turn) watcher.floor({ type: 'reply', turnId: turn.turnId, phase: 'failed' });
      }
    }
  }

  async #answer(reply: BrainReply): Promise<void> {
    const { chat, watcher, textOnly, spent } = this.#options;
    const { turn, stop } = reply;
    const messages = this.#messages(reply);
    const sentences = new Sentences();
    let answered = '';
    let held = '';
    try {
      for await (const piece of chat.answer(messages, stop.signal)) {
        if (answered === '' && turn) watcher.floor({ type: 'reply', turnId: turn.turnId, phase: 'started' });
        answered += piece;
        held += piece;
        // Whether it has nothing to say is known when it has said that much.
        if (nothingToSay.startsWith(answered.trim().slice(0, nothingToSay.length))) continue;
        const ready = sentences.push(held);
        held = '';
        for (const sentence of ready) {
          await this.#say(reply, sentence, textOnly());
        }
      }
      if (answered.trim().startsWith(nothingToSay)) return;
      // Of a short answer all may have been held.
      for (const sentence of [...sentences.push(held), ...sentences.flush()])
        await this.#say(reply, sentence, textOnly());
    } finally {
      const inputChars = messages.reduce((sum, { content }) => sum + content.length, 0);
      const usage = {
        ...noUsage,
        inputTextTokens: Math.ceil(inputChars / charsPerToken),
        outputTextTokens: Math.ceil(answered.length / charsPerToken),
      };
      spent('brain', usage, turn?.speakers ?? []);
    }
  }

  async #say(reply: BrainReply, sentence: string, inWriting: boolean): Promise<void> {
    const { speech, voice, watcher, spent } = this.#options;
    const { turn, stop, texts, spoken } = reply;
    const itemId = `${idOf(reply)}-${texts.size + 1}`;
    texts.set(itemId, sentence);
    if (inWriting) return;
    if (voice === null) spent('speech', { ...noUsage, characters: sentence.length }, turn?.speakers ?? []);
    for await (const pcm of speech.speak(sentence, stop.signal)) {
      if (stop.signal.aborted) return;
      if (!reply.heardFirst) {
        reply.heardFirst = true;
        if (turn) watcher.stage(turn.turnId, 'first_audio');
      }
      spoken.audio(idOf(reply), itemId, pcm, speech.rate);
    }
  }

  #messages({ turn, wish }: BrainReply): ChatMessage[] {
    const { instructions, context, nameOf, onTold } = this.#options;
    const system = `${instructions()}\nWhere there is nothing to say, answer ${nothingToSay} alone.`;
    const before = context();
    const said = turn ? this.#texts.take(turn.captureIds) : [];
    for (const one of said) onTold(one);
    return [
      { role: 'system', content: wish === null ? system : `${system}\n${wish.instructions}` },
      ...before,
      ...said.map(({ userId, text }): ChatMessage => ({ role: 'user', content: `${nameOf(userId)}: ${text}` })),
    ];
  }

  #speaking(reply: BrainReply): void {
    const { watcher } = this.#options;
    const { turn } = reply;
    if (turn === null) {
      watcher.floor({ type: 'speech_unasked', on: true });
      return;
    }
    watcher.floor({ type: 'reply', turnId: turn.turnId, phase: 'speaking' });
    if (reply.generated) watcher.floor({ type: 'reply', turnId: turn.turnId, phase: 'generated' });
  }

  /** Nobody wants it any more. */
  async #drop(reply: BrainReply): Promise<void> {
    if (this.#reply === reply) this.#reply = null;
    reply.stop.abort(new Error('the reply was cut off'));
    await reply.spoken.cut();
  }
}
