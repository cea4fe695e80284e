import { randomUUID } from 'node:crypto';
import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { Button, MessageDetails, UserMessage } from '../../notify/index.ts';
import type { SentMessage } from '../../session/discord-port.ts';

/** Questions of one text channel that wait at the same time; another is not put. */
export const mostOpen = 3;
const idPrefix = 'parley:question:';

export interface ChannelQuestion {
  /** The text channel; what bounds how many are open. */
  readonly textChannelId: string;
  readonly text: string;
  /** Who may answer. */
  readonly userIds: readonly string[];
  /** At most 25. */
  readonly choices: readonly Pick<Button, 'label' | 'style'>[];
  readonly timeoutMs: number;
  /** Nobody needs an answer any more. */
  readonly signal: AbortSignal;
  readonly post: (message: UserMessage) => Promise<SentMessage>;
}

/** `unsaid`: it could not be put, since the channel does not take it, or too many wait there, or nobody may answer. */
export type QuestionOutcome =
  | { readonly kind: 'chosen'; readonly index: number; readonly userId: string }
  | { readonly kind: 'expired' | 'withdrawn' | 'unsaid' };

export type Pressed =
  | { readonly kind: 'taken'; readonly message: UserMessage }
  | { readonly kind: 'not_yours' | 'expired' };

interface Open {
  readonly question: ChannelQuestion;
  readonly settle: (outcome: QuestionOutcome) => void;
}

/** Questions to a few people with buttons in a text channel; the first answer counts. In memory: a restart ends them. */
export class ChannelQuestions {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #open = new Map<string, Open>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Puts it, and waits for an answer. Never rejects. */
  async ask(question: ChannelQuestion): Promise<QuestionOutcome> {
    const { textChannelId, userIds, signal, timeoutMs } = question;
    const waiting = [...this.#open.values()].filter((open) => open.question.textChannelId === textChannelId);
    if (userIds.length === 0 || waiting.length >= mostOpen) return { kind: 'unsaid' };
    if (signal.aborted) return { kind: 'withdrawn' };
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<QuestionOutcome>();
    this.#open.set(id, { question, settle: resolve });
    const withdraw = () => resolve({ kind: 'withdrawn' });
    signal.addEventListener('abort', withdraw, { once: true });
    using _timer = this.#clock.setTimeout(() => resolve({ kind: 'expired' }), timeoutMs);
    const posting = this.#post(id, question);
    posting.catch(() => resolve({ kind: 'unsaid' }));
    const outcome = await promise;
    this.#open.delete(id);
    signal.removeEventListener('abort', withdraw);
    // Whoever chose sees the answer in the place of the question; in any other case it is put there.
    if (outcome.kind === 'expired' || outcome.kind === 'withdrawn') void this.#close(posting, question, outcome.kind);
    return outcome;
  }

  owns(customId: string): boolean {
    return customId.startsWith(idPrefix);
  }

  /** Somebody pressed a button of a question. @returns what takes the place of the question */
  press(customId: string, userId: string): Pressed {
    const [id = '', place = ''] = customId.slice(idPrefix.length).split(':');
    const open = this.#open.get(id);
    const index = Number(place);
    const choice = open?.question.choices[index];
    if (!open || !choice) return { kind: 'expired' };
    const { text, userIds } = open.question;
    if (!userIds.includes(userId)) return { kind: 'not_yours' };
    this.#open.delete(id);
    open.settle({ kind: 'chosen', index, userId });
    return { kind: 'taken', message: over({ text, outcome: 'chosen', choice: choice.label, userId }) };
  }

  async #post(id: string, { text, userIds, choices, timeoutMs, post }: ChannelQuestion): Promise<SentMessage> {
    const buttons = choices.map((choice, index) => ({ ...choice, customId: `${idPrefix}${id}:${index}` }));
    try {
      return await post({ kind: 'agent_question', details: { text, userIds, buttons, waitsMs: timeoutMs } });
    } catch (error) {
      this.#logger.warn({ err: error }, 'a question of the agent could not be put');
      throw error;
    }
  }

  async #close(posting: Promise<SentMessage>, { text }: ChannelQuestion, outcome: 'expired' | 'withdrawn') {
    try {
      const sent = await posting;
      await sent.edit(over({ text, outcome, choice: null, userId: null }));
    } catch (error) {
      this.#logger.warn({ err: error }, 'a question of the agent could not be closed');
    }
  }
}

const over = (details: MessageDetails['agent_question_over']): UserMessage => ({
  kind: 'agent_question_over',
  details,
});
