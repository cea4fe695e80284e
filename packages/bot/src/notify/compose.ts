import { type Button, type ButtonRow, buttonRows } from './buttons.ts';
import { templates } from './templates/all.ts';
import { messageButtons } from './templates/buttons.ts';
import type { UserMessage } from './user-message.ts';

/** Discord's limit of a message's text, in UTF-16 units (documentation: "Create Message"). */
export const maxContentLength = 2000;

/** A message ready to be posted; nobody is ever notified by a mention in it. */
export interface ComposedMessage {
  readonly content: string;
  readonly allowedMentions: { readonly parse: [] };
  /** The whole text, where `content` is only its beginning. */
  readonly wholeText: string | null;
  readonly components: ButtonRow[];
}

/** The words of a message. Pure. */
export const textOf = (message: UserMessage): string =>
  // The table's entry and the details share the kind, which the compiler cannot follow through a lookup.
  (templates[message.kind] as (details: UserMessage['details']) => string)(message.details);

/** A message of at most 2000 characters, with the buttons of its kind and those given. Pure. */
export const compose = (
  message: UserMessage,
  buttons: readonly Button[] = [],
  text: string = textOf(message),
): ComposedMessage => ({
  content: clip(text),
  allowedMentions: { parse: [] },
  wholeText: text.length > maxContentLength ? text : null,
  components: buttonRows([...messageButtons(message), ...buttons]),
});

const clip = (text: string): string => {
  if (text.length <= maxContentLength) return text;
  const cut = text.slice(0, maxContentLength - 1);
  // A cut inside a surrogate pair would leave half a character.
  return `${cut.replace(/[\uD800-\uDBFF]$/, '')}…`;
};
