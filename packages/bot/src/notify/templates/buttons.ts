import { type Button, fitsLinkButton } from '../buttons.ts';
import type { MessageDetails, MessageKind, UserMessage } from '../user-message.ts';

type ButtonTable = { readonly [K in MessageKind]?: (details: MessageDetails[K]) => readonly Button[] };

/** Whoever presses it is looked up then, and gets a link of their own: what stands in a channel holds none. */
const openButton = (recordingSessionId: string | null): readonly Button[] =>
  recordingSessionId === null
    ? []
    : [{ label: 'Open the recording', line: `web ${recordingSessionId}`, style: 'blue' }];

const sessionButtons = (state: MessageDetails['live_panel']['state'], hasPages: boolean): readonly Button[] => {
  if (state === 'ended') return [];
  return [
    { label: 'Stop', line: 'leave', style: 'red' },
    ...(state === 'recording' ? [{ label: 'Pause', line: 'pause' }] : []),
    ...(state === 'paused' ? [{ label: 'Resume', line: 'resume', style: 'green' as const }] : []),
    ...(state === 'off' ? [] : [{ label: 'Note', line: 'note' }]),
    { label: 'Opt out', line: 'optout' },
    ...(hasPages ? [{ label: 'My link', line: 'web' }] : []),
  ];
};

/** Whoever took part can say how the conversation with the agent was. */
const ratingButtons = (threadId: string | undefined): readonly Button[] =>
  threadId === undefined
    ? []
    : [
        { label: '👍', line: `feedback positive ${threadId}` },
        { label: '👎', line: `feedback negative ${threadId}` },
        { label: 'Skip', line: `feedback skip ${threadId}` },
      ];

const incognitoButtons: { readonly [O in MessageDetails['incognito_control']['outcome']]?: readonly Button[] } = {
  on: [{ label: 'End incognito', line: 'incognito off' }],
  waiting: [{ label: 'I agree', line: 'incognito off', style: 'green' }],
};

/** The buttons a message of a kind always has. */
const table: ButtonTable = {
  agent_question: ({ buttons }) => buttons,
  personal_button: ({ label, customId }) => [{ label, customId }],
  recording_notice: () => sessionButtons('recording', false),
  late_joiner_notice: ({ recorded }) => (recorded ? [{ label: 'Opt out', line: 'optout' }] : []),
  live_panel: ({ state, hasPages }) => sessionButtons(state, hasPages),
  session_ended: ({ mayContinue, page, threadId }) => [
    ...(mayContinue ? [{ label: 'Continue', line: 'join', style: 'green' as const }] : []),
    ...openButton(page),
    ...ratingButtons(threadId),
  ],
  incognito_control: ({ outcome }) => incognitoButtons[outcome] ?? [],
  mux_finished: ({ page }) => openButton(page),
  page_link: ({ url, recording }) =>
    fitsLinkButton(url) ? [{ label: recording === null ? 'Open my recordings' : 'Open the recording', url }] : [],
};

export const messageButtons = (message: UserMessage): readonly Button[] => {
  // The table's entry and the details share the kind, which the compiler cannot follow through a lookup.
  const buttons = table[message.kind] as ((details: UserMessage['details']) => readonly Button[]) | undefined;
  return buttons?.(message.details) ?? [];
};
