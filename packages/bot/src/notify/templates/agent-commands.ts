import type { MessageDetails } from '../user-message.ts';
import { command, duration, people, personName, quoted } from '../words.ts';

type Control = MessageDetails['agent_control'];
type Over = MessageDetails['agent_question_over'];
type Refused = MessageDetails['agent_refused'];

const outcomes: Readonly<Record<Control['outcome'], (control: Control) => string>> = {
  listens: ({ userId }) => `👂 ${personName(userId)} lets me listen: I answer again.`,
  listens_not: ({ userId, prefix }) =>
    `🙉 ${personName(userId)} has ended my listening: nothing goes to the AI until ${command(prefix, 'listen')} with \`on\`. The recording is not affected.`,
  listened_before: () => 'I am listening already.',
  listened_not_before: ({ prefix }) =>
    `I am not listening as it is; ${command(prefix, 'listen')} with \`on\` wakes me.`,
  says: () => '🗣️ I say it.',
};

export const agentControl = (control: Control): string => outcomes[control.outcome](control);

export const agentQuestion = ({ text, userIds, waitsMs }: MessageDetails['agent_question']): string =>
  `❔ ${people(userIds)}: ${quoted(text, 300)} I wait for ${duration(waitsMs)}.`;

const answers = {
  chosen: ({ choice, userId }) => `${quoted(choice ?? '')}${userId === null ? '' : ` (${personName(userId)})`}`,
  expired: () => 'Nobody answered in time.',
  withdrawn: () => 'It does not matter any more.',
} as const satisfies Record<Over['outcome'], (over: Over) => string>;

export const agentQuestionOver = (over: Over): string => `❔ ${quoted(over.text, 300)} ${answers[over.outcome](over)}`;

const refusals: Readonly<Record<Refused['reason'], (refused: Refused) => string>> = {
  no_agent: ({ prefix }) =>
    `There is no AI with me here: I only record. ${command(prefix, 'settings')} with \`set runtimeMode\` chooses one, for whoever has **Manage Server**; it comes with the next ${command(prefix, 'join')}.`,
  resting: ({ prefix }) => `I rest; ${command(prefix, 'listen')} with \`on\` wakes me.`,
  silent: () => 'The AI does not work right now, so I cannot speak. The operator can see why in the log.',
  busy: () => 'I am speaking, or about to. Give the command again in a moment.',
  may_not_say: ({ prefix }) =>
    `You may not have me say things: it takes **Manage Server** or a role that ${command(prefix, 'settings')} names under \`sayRoleIds\`.`,
  spent: () => 'I have spent what I may for now, so I cannot listen. The operator sets the limits.',
  too_often: ({ retryAfterMs }) => `That is too often. I can say more in ${duration(retryAfterMs)}.`,
};

export const agentRefused = (refused: Refused): string => refusals[refused.reason](refused);
