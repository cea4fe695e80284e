import { templates } from './templates/all.ts';
import type { UserMessage } from './user-message.ts';

/** Discord's limit of a message's text, in UTF-16 units (documentation: "Create Message"). */
export const maxContentLength = 2000;

/** One button in an action row, as Discord's API takes it (component types 1 and 2, style 2 = grey). */
export interface ButtonRow {
  readonly type: 1;
  readonly components: readonly {
    readonly type: 2;
    readonly style: 2;
    readonly label: string;
    readonly custom_id: string;
  }[];
}

/** A message ready to be posted; nobody is ever notified by a mention in it. */
export interface ComposedMessage {
  readonly content: string;
  readonly allowedMentions: { readonly parse: [] };
  readonly components?: ButtonRow[];
}

/** The words of a message, at most 2000 characters, with its buttons. Pure. */
export const compose = (message: UserMessage): ComposedMessage => {
  // The table's entry and the details share the kind, which the compiler cannot follow through a lookup.
  const text = (templates[message.kind] as (details: UserMessage['details']) => string)(message.details);
  const composed: ComposedMessage = { content: clip(text), allowedMentions: { parse: [] } };
  if (message.kind !== 'personal_button') return composed;
  const { label, customId } = message.details;
  return {
    ...composed,
    components: [
      { type: 1, components: [{ type: 2, style: 2, label: [...label].slice(0, 80).join(''), custom_id: customId }] },
    ],
  };
};

const clip = (text: string): string => {
  if (text.length <= maxContentLength) return text;
  const cut = text.slice(0, maxContentLength - 1);
  // A cut inside a surrogate pair would leave half a character.
  return `${cut.replace(/[\uD800-\uDBFF]$/, '')}…`;
};
