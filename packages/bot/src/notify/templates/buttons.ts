import type { Button } from '../buttons.ts';
import type { MessageDetails, MessageKind, UserMessage } from '../user-message.ts';

type ButtonTable = { readonly [K in MessageKind]?: (details: MessageDetails[K]) => readonly Button[] };

const sessionButtons = (state: MessageDetails['live_panel']['state']): readonly Button[] => {
  if (state === 'ended') return [];
  return [
    { label: 'Stop', line: 'leave', style: 'red' },
    ...(state === 'recording' ? [{ label: 'Pause', line: 'pause' }] : []),
    ...(state === 'paused' ? [{ label: 'Resume', line: 'resume', style: 'green' as const }] : []),
    ...(state === 'off' ? [] : [{ label: 'Note', line: 'note' }]),
    { label: 'Opt out', line: 'optout' },
  ];
};

/** The buttons a message of a kind always has. */
const table: ButtonTable = {
  personal_button: ({ label, customId }) => [{ label, customId }],
  recording_notice: () => sessionButtons('recording'),
  late_joiner_notice: ({ recorded }) => (recorded ? [{ label: 'Opt out', line: 'optout' }] : []),
  live_panel: ({ state }) => sessionButtons(state),
  session_ended: ({ mayContinue }) => (mayContinue ? [{ label: 'Continue', line: 'join', style: 'green' }] : []),
};

export const messageButtons = (message: UserMessage): readonly Button[] => {
  // The table's entry and the details share the kind, which the compiler cannot follow through a lookup.
  const buttons = table[message.kind] as ((details: UserMessage['details']) => readonly Button[]) | undefined;
  return buttons?.(message.details) ?? [];
};
