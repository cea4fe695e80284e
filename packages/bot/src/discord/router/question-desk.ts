import type { Clock } from '@parley/protocol';
import type { Button } from '../../notify/index.ts';
import type { Answer, Choice } from '../commands/command.ts';
import { Kept, type Opened } from './kept.ts';

/** A question that was put to somebody; only one of its choices is carried out, once. */
interface Question {
  readonly ids: string[];
}

interface OpenChoice {
  readonly choice: Choice;
  readonly question: Question;
}

/** Gives an answer when it is opened; null: there is nothing to say. */
type OpenAnswer = () => Promise<Answer | null>;

/** What hangs on buttons for one person: the choices of a question, and answers to text commands that only they may read. */
export class QuestionDesk {
  #choices: Kept<OpenChoice>;
  #answers: Kept<OpenAnswer>;

  constructor(clock: Clock) {
    this.#choices = new Kept(clock, 'parley:choice:');
    this.#answers = new Kept(clock, 'parley:personal:');
  }

  /** Buttons for the choices of a question to this person. */
  ask(userId: string, choices: readonly Choice[]): Button[] {
    const question: Question = { ids: [] };
    return choices.map((choice) => {
      const customId = this.#choices.keep(userId, { choice, question });
      question.ids.push(customId);
      const { label, style } = choice;
      return { label, customId, ...(style === undefined ? {} : { style }) };
    });
  }

  /** All buttons of an answer to this person: its choices, then those that last. */
  buttons(userId: string, { buttons = [], choices = [] }: Answer): Button[] {
    return [...this.ask(userId, choices), ...buttons];
  }

  isChoice(customId: string): boolean {
    return this.#choices.owns(customId);
  }

  /** Takes a choice; the others of its question, and it itself, are spent. */
  choose(customId: string, userId: string): Opened<Choice> {
    const opened = this.#choices.open(customId, userId);
    if (opened.kind !== 'open') return opened;
    for (const id of opened.value.question.ids) this.#choices.forget(id);
    return { kind: 'open', value: opened.value.choice };
  }

  /** Keeps an answer for one person. @returns the custom id of its button. */
  keepAnswer(userId: string, answer: OpenAnswer): string {
    return this.#answers.keep(userId, answer);
  }

  isAnswer(customId: string): boolean {
    return this.#answers.owns(customId);
  }

  openAnswer(customId: string, userId: string): Opened<OpenAnswer> {
    return this.#answers.open(customId, userId);
  }
}
