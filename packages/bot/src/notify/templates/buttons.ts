import type { Button } from '../buttons.ts';
import type { MessageDetails, MessageKind, UserMessage } from '../user-message.ts';

type ButtonTable = { readonly [K in MessageKind]?: (details: MessageDetails[K]) => readonly Button[] };

/** The buttons a message of a kind always has. */
const table: ButtonTable = {
  personal_button: ({ label, customId }) => [{ label, customId }],
};

export const messageButtons = (message: UserMessage): readonly Button[] => {
  // The table's entry and the details share the kind, which the compiler cannot follow through a lookup.
  const buttons = table[message.kind] as ((details: UserMessage['details']) => readonly Button[]) | undefined;
  return buttons?.(message.details) ?? [];
};
