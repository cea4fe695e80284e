import type { Logger } from '../../log.ts';
import type { KeptCapture } from '../hearing/kept-capture.ts';
import type { ProviderEvent, ProviderUsage } from '../provider/provider-event.ts';
import type { ProviderCapabilities, ProviderSession } from '../provider/realtime-provider.ts';
import type { ToolHost } from '../session/tool-host.ts';
import type { Speaker } from '../speaking/speaker.ts';
import type { HeardItem } from '../speaking/utterance.ts';
import { heardText, type RealtimeReply, type ReplyCause, speakersOf, turnIdOf } from './realtime-reply.ts';
import type { ReplyInput } from './reply-input.ts';
import type { ReplyPath, ReplyTurn, ReplyWatcher, UnaskedWish } from './reply-path.ts';

export interface RealtimeRepliesOptions {
  readonly capabilities: ProviderCapabilities;
  /** The conversation, where it is open. */
  readonly session: () => ProviderSession | null;
  /** Whether only somebody's wish opens it again. */
  readonly isGone: () => boolean;
  /** Has it opened, where it is not. */
  readonly wake: () => void;
  /** How turns come to the model: as audio or as text. */
  readonly input: ReplyInput;
  readonly speaker: Speaker;
  /** null: the model has no tools. */
  readonly tools: ToolHost | null;
  /** Brings the instructions up to date; called between responses only. */
  readonly refresh: (session: ProviderSession) => void;
  readonly textOnly: () => boolean;
  readonly watcher: ReplyWatcher;
  readonly spent: (usage: ProviderUsage, speakers: readonly string[]) => void;
  readonly logger: Logger;
}

/** Calls of one reply that lead to another response; a model that calls on and on is stopped. */
const maxRounds = 6;

/** Answers by a realtime model: turns in as audio or text, answers out as audio, one reply at a time. */
export class RealtimeReplies implements ReplyPath {
  readonly #options: RealtimeRepliesOptions;
  #reply: RealtimeReply | null = null;
  /** Replies that are not wanted any more, until the provider has ended their responses. */
  readonly #leaving = new Set<RealtimeReply>();
  #rounds = 0;

  constructor(options: RealtimeRepliesOptions) {
    this.#options = options;
  }

  give(kept: KeptCapture): void {
    this.#options.wake();
    this.#options.input.give(kept);
  }

  takeBack(captureId: string): void {
    this.#options.input.takeBack(captureId);
  }

  request(turn: ReplyTurn): void {
    this.#begin({ turn });
  }

  withdraw(turnId: string): void {
    const reply = this.#reply;
    if (reply && turnIdOf(reply) === turnId) void this.#drop(reply);
  }

  pause(): void {
    void this.#reply?.spoken.pause();
  }

  resume(): void {
    void this.#reply?.spoken.resume();
  }

  cut(): void {
    const reply = this.#reply;
    if (reply) void this.#drop(reply);
    else this.#options.watcher.floor({ type: 'speech_over', turnId: null, heardMs: 0 });
  }

  say(wish: UnaskedWish): boolean {
    if (this.#reply !== null) return false;
    this.#begin({ wish });
    return this.#reply !== null;
  }

  dropThought(): void {
    const reply = this.#reply;
    const isThought = reply && 'wish' in reply.cause && reply.cause.wish.why === 'thought';
    if (isThought && !reply.spoken.isSpeaking) void this.#drop(reply);
  }

  linkChanged(): void {
    const { session, input } = this.#options;
    if (session() === null) {
      // What was being said is said again to the next one; while it lasts, a conversation looks after its sockets itself.
      input.restart();
      this.#lost();
      return;
    }
    input.pump();
    this.#ask();
  }

  event(event: ProviderEvent): void {
    const { watcher, input } = this.#options;
    switch (event.type) {
      case 'response_started':
        this.#started(event.responseId, event.requestId);
        return;
      case 'audio':
        this.#audio(event);
        return;
      case 'output_transcript':
        this.#text(event);
        return;
      case 'input_transcript': {
        const captureId = event.turnId === null ? null : input.captureOf(event.turnId);
        if (captureId !== null) watcher.understood(captureId, event.text, event.final);
        return;
      }
      case 'tool_call':
        void this.#call(event);
        return;
      case 'response_finished':
        this.#finished(event.responseId, event.status, event.usage);
        return;
      default:
        return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reply = this.#reply;
    if (reply) await this.#drop(reply);
    for (const leaving of this.#leaving) leaving.calls.abort(new Error('the agent is closed'));
    await this.#options.input[Symbol.asyncDispose]();
  }

  #begin(cause: ReplyCause): void {
    const before = this.#reply;
    // What is asked for takes the place of what the agent says of its own accord.
    if (before) void this.#drop(before);
    const reply: RealtimeReply = {
      ...{ cause, phase: 'waiting', requestId: null, responseId: null, openCalls: 0, continues: false },
      ...{ cancelled: false, texts: new Map(), calls: new AbortController(), heardFirst: false, generated: false },
      spoken: this.#options.speaker.open({
        speaking: () => this.#speaking(reply),
        sounding: (trimmedMs) => this.#stage(reply, 'first_packet', trimmedMs),
        over: ({ heardMs, items }) => this.#over(reply, heardMs, items),
      }),
    };
    this.#reply = reply;
    this.#rounds = 0;
    this.#options.wake();
    if (this.#options.session() === null && this.#options.isGone()) this.#fail(reply);
    else this.#ask();
  }

  /** Asks for the reply as soon as everything it answers is with the provider. */
  #ask(): void {
    const reply = this.#reply;
    const { session, input, textOnly, refresh } = this.#options;
    const open = session();
    if (reply?.phase !== 'waiting' || open === null) return;
    const { cause } = reply;
    if ('turn' in cause && !input.want(cause.turn.captureIds)) return;
    // What the input had to do for it may have led here already.
    if (this.#reply !== reply || isAsked(reply)) return;
    refresh(open);
    reply.phase = 'asked';
    input.hold(true);
    this.#stage(reply, 'request');
    // What is answered by itself would be spoken; asked for as text it is written.
    if ('turn' in cause && input.endTurn() && !textOnly()) return;
    const modality = textOnly() ? 'text' : 'audio';
    const instructions = 'wish' in cause ? { instructions: cause.wish.instructions } : {};
    reply.requestId = open.requestResponse({ modality, ...instructions });
  }

  /** The input has more with the provider than before. */
  fed(): void {
    this.#ask();
  }

  #started(responseId: string, requestId: string | null): void {
    const { session, watcher } = this.#options;
    const reply = this.#of(requestId);
    if (reply === null || reply.cancelled) {
      if (reply) reply.responseId = responseId;
      session()?.cancel(responseId);
      return;
    }
    reply.responseId = responseId;
    reply.phase = 'answering';
    const turnId = turnIdOf(reply);
    if (turnId !== null) watcher.floor({ type: 'reply', turnId, phase: 'started' });
  }

  /** What a response belongs to; one that names no request answers what was asked last. */
  #of(requestId: string | null): RealtimeReply | null {
    const all = [...(this.#reply ? [this.#reply] : []), ...this.#leaving];
    if (requestId !== null) return all.find((reply) => reply.requestId === requestId) ?? null;
    return all.find(({ phase, requestId: own }) => phase === 'asked' && own === null) ?? null;
  }

  #audio({ responseId, itemId, pcm, rate }: Extract<ProviderEvent, { type: 'audio' }>): void {
    const reply = this.#answering(responseId);
    if (!reply) return;
    if (!reply.heardFirst) {
      reply.heardFirst = true;
      this.#stage(reply, 'first_audio');
    }
    reply.spoken.audio(responseId, itemId, pcm, rate);
  }

  #text({ responseId, itemId, text, final }: Extract<ProviderEvent, { type: 'output_transcript' }>): void {
    const reply = this.#answering(responseId);
    if (!reply) return;
    reply.texts.set(itemId, final ? text : `${reply.texts.get(itemId) ?? ''}${text}`);
  }

  #answering(responseId: string): RealtimeReply | null {
    const reply = this.#reply;
    return reply?.responseId === responseId ? reply : null;
  }

  async #call(call: Extract<ProviderEvent, { type: 'tool_call' }>): Promise<void> {
    const { session, tools } = this.#options;
    const reply = [...(this.#reply ? [this.#reply] : []), ...this.#leaving].find(
      ({ responseId }) => responseId === call.responseId,
    );
    const { callId, name } = call;
    if (!reply || reply.cancelled || tools === null) {
      session()?.submitToolResult(callId, notDone);
      return;
    }
    reply.openCalls += 1;
    const asked = { callId, name, arguments: call.arguments, speakers: speakersOf(reply) };
    const answer = await tools.call(asked, reply.calls.signal).catch((error: unknown) => {
      this.#options.logger.error({ err: error, tool: name }, 'a tool did not answer');
      return { output: notDone, continues: true };
    });
    // Exactly once, whatever became of the reply meanwhile.
    session()?.submitToolResult(callId, answer.output);
    reply.openCalls -= 1;
    reply.continues ||= answer.continues;
    this.#goOn(reply);
  }

  #finished(responseId: string, status: string, usage: ProviderUsage): void {
    const { input, spent } = this.#options;
    const reply = [...(this.#reply ? [this.#reply] : []), ...this.#leaving].find(
      (one) => one.responseId === responseId,
    );
    spent(usage, reply ? speakersOf(reply) : []);
    if (!reply) return;
    input.hold(false);
    if (reply.cancelled) {
      this.#leaving.delete(reply);
      return;
    }
    reply.spoken.responseOver(responseId);
    if (status === 'failed' && !reply.heardFirst && reply.texts.size === 0) {
      this.#fail(reply);
      return;
    }
    reply.phase = 'tools';
    this.#goOn(reply);
  }

  /** When all calls of a finished response are answered: asks the model to go on, or ends the reply. */
  #goOn(reply: RealtimeReply): void {
    if (reply.phase !== 'tools' || reply.openCalls > 0 || reply.cancelled) return;
    const { session, textOnly, input } = this.#options;
    const open = session();
    if (reply.continues && open !== null && this.#rounds < maxRounds) {
      this.#rounds += 1;
      reply.continues = false;
      reply.phase = 'asked';
      input.hold(true);
      reply.requestId = open.requestResponse({ modality: textOnly() ? 'text' : 'audio' });
      return;
    }
    this.#generated(reply);
  }

  #generated(reply: RealtimeReply): void {
    const { watcher, textOnly } = this.#options;
    reply.phase = 'over';
    const turnId = turnIdOf(reply);
    if (textOnly() && !reply.spoken.isSpeaking) {
      const text = [...reply.texts.values()].join('\n').trim();
      if (text !== '') watcher.wrote(text);
      watcher.said({ turnId, text, cutOff: '' });
    }
    reply.generated = true;
    // One of which audio is still on its way to be spoken is not over for the floor.
    if (turnId !== null && (reply.spoken.isSpeaking || !reply.heardFirst)) {
      watcher.floor({ type: 'reply', turnId, phase: 'generated' });
    }
    reply.spoken.finish();
  }

  #fail(reply: RealtimeReply): void {
    const { watcher } = this.#options;
    reply.phase = 'over';
    if (this.#reply === reply) this.#reply = null;
    reply.calls.abort(new Error('the reply failed'));
    void reply.spoken.cut();
    const turnId = turnIdOf(reply);
    if (turnId !== null) watcher.floor({ type: 'reply', turnId, phase: 'failed' });
  }

  #speaking(reply: RealtimeReply): void {
    const turnId = turnIdOf(reply);
    const { watcher } = this.#options;
    if (turnId === null) {
      watcher.floor({ type: 'speech_unasked', on: true });
      return;
    }
    watcher.floor({ type: 'reply', turnId, phase: 'speaking' });
    if (reply.generated) watcher.floor({ type: 'reply', turnId, phase: 'generated' });
  }

  /** All of it was played, or it was silenced. */
  #over(reply: RealtimeReply, heardMs: number, items: readonly HeardItem[]): void {
    const { watcher } = this.#options;
    const turnId = turnIdOf(reply);
    if (this.#reply === reply) this.#reply = null;
    if (!reply.spoken.isSpeaking) {
      const refused = reply.heardFirst && !reply.cancelled && turnId !== null;
      if (refused) watcher.floor({ type: 'reply', turnId, phase: 'failed' });
      return;
    }
    watcher.said({ turnId, ...heardText(reply.texts, items) });
    if (turnId === null) watcher.floor({ type: 'speech_unasked', on: false });
    watcher.floor({ type: 'speech_over', turnId, heardMs });
  }

  /** Nobody wants it any more: stopped at the provider, silenced, and what was not heard is taken out of the model's memory. */
  async #drop(reply: RealtimeReply): Promise<void> {
    const { session, capabilities } = this.#options;
    if (this.#reply === reply) this.#reply = null;
    const { phase, responseId } = reply;
    reply.cancelled = true;
    reply.calls.abort(new Error('the reply was cut off'));
    if (phase === 'asked' || phase === 'answering') {
      this.#leaving.add(reply);
      if (phase === 'answering' && responseId !== null) session()?.cancel(responseId);
    }
    const items = await reply.spoken.cut();
    if (!capabilities.truncates) return;
    for (const { itemId, heardMs, totalMs } of items) {
      if (heardMs < totalMs || phase === 'answering') session()?.truncate(itemId, Math.round(heardMs));
    }
  }

  /** The conversation is gone; what has come of the reply plays out. */
  #lost(): void {
    this.#leaving.clear();
    this.#options.input.hold(false);
    const reply = this.#reply;
    if (!reply || reply.phase === 'over') return;
    if (reply.phase === 'waiting') {
      // What has not been asked yet is asked of the next one, where there will be one.
      if (this.#options.isGone()) this.#fail(reply);
      return;
    }
    if (reply.spoken.isSpeaking) this.#generated(reply);
    else this.#fail(reply);
  }

  #stage(reply: RealtimeReply, stage: Parameters<ReplyWatcher['stage']>[1], leadingSilenceMs?: number): void {
    const turnId = turnIdOf(reply);
    if (turnId !== null) this.#options.watcher.stage(turnId, stage, leadingSilenceMs);
  }
}

const isAsked = ({ phase }: RealtimeReply): boolean => phase !== 'waiting';

/** What the model is told of a call that nobody answers. */
const notDone = JSON.stringify({ error: 'not_done', message: 'This could not be done.' });
