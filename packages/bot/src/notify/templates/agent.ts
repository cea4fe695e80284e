import type { AgentRestCause } from '../../session/agent-rest.ts';
import type { MessageDetails } from '../user-message.ts';
import { command, duration, personName, quoted } from '../words.ts';

/** That a provider hears what is said, which one, that it is remembered (nothing is recorded in incognito), and the ways out; empty where none does. */
export const heardByAi = ({ heardBy, prefix }: { readonly heardBy: string | null; readonly prefix: string }): string =>
  heardBy === null
    ? ''
    : `🤖 I listen and answer with the help of ${quoted(heardBy)}: what is said to me is sent there. ${command(prefix, 'optout heard')} keeps your voice out of it. What is said to me may be remembered: ${command(prefix, 'optout remembered')} keeps your words out of that, ${command(prefix, 'incognito')} with \`on\` ends it for everybody.`;

const whyResting = {
  awake_too_long: 'I have been awake for long',
  inactive: 'nobody has spoken for a while',
  budget_exhausted: 'I have spent what I may for now',
  commanded: 'I was sent to rest',
} as const satisfies Record<AgentRestCause, string>;

const howToWake = ({ wakeName, cause, recording }: MessageDetails['agent_resting']): string => {
  const goesOn = recording ? ' The recording goes on.' : '';
  if (cause === 'budget_exhausted') return ` I listen again when there is money again.${goesOn}`;
  return wakeName === null
    ? ` I do not listen until I am woken.${goesOn}`
    : ` Say ${quoted(wakeName)} to wake me.${goesOn}`;
};

export const agentResting = (details: MessageDetails['agent_resting']): string =>
  `💤 I rest: ${whyResting[details.cause]}.${howToWake(details)}`;

export const agentRestNear = ({ remainingMs }: MessageDetails['agent_rest_near']): string =>
  `I have been talking for long and rest in ${duration(remainingMs)}.`;

export const agentSilent = ({ provider, meaning, again }: MessageDetails['agent_silent']): string =>
  `⚠️ I cannot answer now: ${quoted(provider)} does not work (${meaning}). ${
    again ? 'I try again when I am spoken to.' : 'The operator has to look at it.'
  } The recording is not affected.`;

export const agentTakenOver = ({ provider }: MessageDetails['agent_taken_over']): string =>
  `From now on I listen and answer with the help of ${quoted(provider)}.`;

export const agentPersonSpent = ({ userId }: MessageDetails['agent_person_spent']): string =>
  `${personName(userId)}: what one person may have me spend in a day is used up, so I do not answer you for now. I go on answering others.`;

export const agentBack = ({ provider }: MessageDetails['agent_back']): string => `${quoted(provider)} works again.`;

/** What the agent answers in writing. Its words, not ours: cut to what a message takes. */
export const agentReply = ({ text }: MessageDetails['agent_reply']): string =>
  text.length > 1990 ? `${text.slice(0, 1989)}…` : text;
