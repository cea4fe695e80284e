import type { MessageDetails } from '../user-message.ts';
import { command, counted, people, personName, quoted } from '../words.ts';

type Incognito = MessageDetails['incognito_control'];

/** What incognito does not do: whoever answers still gets the audio. */
const stillHears = ({ heardBy, prefix }: Incognito): string =>
  heardBy === null
    ? ''
    : ` ${quoted(heardBy)} still receives what is said while the AI listens, and handles it by its own rules; ${command(prefix, 'listen')} with \`off\` ends that.`;

const wayOut = ({ prefix }: Incognito): string =>
  `It ends when everybody who was here agrees, or by **Manage Server**: ${command(prefix, 'incognito')} with \`off\`.`;

const nothingKept = 'Nothing is recorded and nothing is remembered from this moment on';

const outcomes: Readonly<Record<Incognito['outcome'], (control: Incognito) => string>> = {
  on: (control) =>
    `🕶️ ${personName(control.userId)} has switched **incognito** on. ${nothingKept}${
      control.recording ? '; the recording has ended here, and what it holds stays until somebody deletes it' : ''
    }.${stillHears(control)} ${wayOut(control)}`,
  by_settings: (control) =>
    `🕶️ The settings of this server make this session **incognito**. ${nothingKept}.${stillHears(control)}`,
  joined: (control) =>
    `🕶️ I am here **incognito**, as this server or the operator wants it: nothing is recorded and nothing is remembered.${stillHears(control)}`,
  waiting: ({ userId, missing }) =>
    `🕶️ ${personName(userId)} agrees to end incognito. Still to agree: ${people(missing)}. Until then nothing is kept.`,
  off: ({ recording }) =>
    `Incognito is over: what is said from now on may be remembered${recording ? ', and a new recording begins' : '; nothing is recorded'}. Nothing of what was said in it is kept.`,
  already_on: () => 'This session is incognito already: nothing is kept.',
  already_off: () => 'This session is not incognito.',
  not_allowed: () => 'This server, or the operator, wants every session here incognito: nobody in it can end that.',
  not_there: ({ prefix }) =>
    `Only who was here since incognito began can agree to end it, or **Manage Server**. ${command(prefix, 'status')} tells what runs.`,
  record_refused: ({ prefix }) =>
    `This session is incognito, so nothing is recorded. ${command(prefix, 'incognito')} with \`off\` asks everybody to end that.`,
};

export const incognitoControl = (control: Incognito): string => outcomes[control.outcome](control);

/** The operator's own words. */
export const safetyResources = ({ text }: MessageDetails['safety_resources']): string => text;

const visible = { private: 'for you alone', guild: 'everybody here may hear it while you are there' } as const;

export const memoryShown = ({ memories, elsewhere, episodes, prefix }: MessageDetails['memory_shown']): string => {
  const hidden =
    elsewhere === 0
      ? ''
      : ` ${counted(elsewhere, 'thing', 'things')} of other servers ${elsewhere === 1 ? 'is' : 'are'} in the file of \`export\` only.`;
  const talks = `${counted(episodes, 'conversation', 'conversations')} with you ${episodes === 1 ? 'is' : 'are'} summed up.`;
  if (memories.length === 0) return `Nothing is remembered of you on this server.${hidden} ${talks}`;
  return [
    'This is remembered of you on this server:',
    ...memories.map(({ id, text, kind, scope }) => `\`${id}\` ${quoted(text)} (${kind}, ${visible[scope]})`),
    `${talks}${hidden} ${command(prefix, 'memory')} with \`delete <number>\`, \`edit <number> <text>\`, \`share <number>\`, \`unshare <number>\` or \`export\` changes or takes it.`,
  ].join('\n');
};

type Changed = MessageDetails['memory_changed'];
const changes: Readonly<Record<Changed['outcome'], (changed: Changed) => string>> = {
  deleted: () => 'Deleted.',
  deleted_all: ({ count }) =>
    `${counted(count, 'thing', 'things')} that ${count === 1 ? 'was' : 'were'} remembered of you on this server ${count === 1 ? 'is' : 'are'} deleted.`,
  edited: () => 'Changed.',
  shared: () => 'From now on everybody in this server may hear it while you are there.',
  unshared: () => 'From now on it is for you alone.',
  not_found: ({ prefix }) =>
    `Nothing with this number is remembered of you. ${command(prefix, 'memory')} shows what is.`,
  needs_number: ({ prefix }) => `Which one? ${command(prefix, 'memory')} shows the numbers.`,
  needs_text: () => 'What is it to say instead? Give the number and the new text, 300 characters at most.',
  exported: ({ count }) =>
    `Here is everything that is remembered of you: ${counted(count, 'thing', 'things')}, and what conversations came to.`,
};
export const memoryChanged = (changed: Changed): string => changes[changed.outcome](changed);

const thanks: Readonly<Record<MessageDetails['feedback_answer']['outcome'], string>> = {
  positive: '👍 Thank you, noted.',
  negative: '👎 Thank you, noted.',
  skip: 'All right.',
  not_found: 'That conversation is not kept any more, so it cannot be rated.',
  not_there: 'Only who took part in a conversation can rate it.',
};
export const feedbackAnswer = ({ outcome }: MessageDetails['feedback_answer']): string => thanks[outcome];
