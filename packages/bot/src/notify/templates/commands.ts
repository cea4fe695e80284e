import type { ArgumentProblem } from '../../discord/arguments/argument-problem.ts';
import type { MessageDetails } from '../user-message.ts';
import { command, listed, personName, quoted } from '../words.ts';

type Problems = { readonly [K in ArgumentProblem['code']]: (problem: Extract<ArgumentProblem, { code: K }>) => string };

const problems: Problems = {
  missing: ({ option, says }) => `${quoted(option)} is missing: ${says}.`,
  not_a_choice: ({ option, value, choices, nearest }) =>
    `${quoted(value, 40)} is no ${quoted(option)}${nearest === null ? '' : `; did you mean ${quoted(nearest)}`}. There is ${listed(choices.map((choice) => quoted(choice)))}.`,
  not_a_number: ({ option, value, min, max }) =>
    `${quoted(option)} is a whole number from ${min} to ${max}, not ${quoted(value, 40)}.`,
  wrong_form: ({ option, value, like }) => `${quoted(option)} looks like ${like}, not ${quoted(value, 40)}.`,
  too_long: ({ option, length, max }) => `${quoted(option)} has ${length} characters; ${max} fit.`,
  not_a_person: ({ option, value }) =>
    `${quoted(option)} is a person: mention them or give their id, not ${quoted(value, 40)}.`,
  left_over: ({ value }) => `I do not know what ${quoted(value, 40)} is to mean here.`,
};

export const wrongArguments = ({ problem, prefix, name, usage }: MessageDetails['wrong_arguments']): string =>
  // The table's entry and the problem share the code, which the compiler cannot follow through a lookup.
  `${(problems[problem.code] as (problem: ArgumentProblem) => string)(problem)}\nIt goes like this: ${quoted(`${prefix}${name}${usage === '' ? '' : ` ${usage}`}`)}`;

export const commandRefused = (refused: MessageDetails['command_refused']): string => {
  const { reason, prefix, name } = refused;
  switch (reason) {
    case 'no_session':
      return `I am in no voice channel here, so there is nothing for ${quoted(prefix + name)} to do. ${command(prefix, 'join')} calls me.`;
    case 'not_in_session':
      return `Only ${personName(refused.startedBy)}, somebody in the channel, or a person with **Manage Server** can do that.`;
    case 'not_manager':
      return 'Only a person with **Manage Server** can do that.';
  }
};

/** What has to be given, and whether more may be: the whole list has to fit a message. */
const brief = (usage: string): string => {
  const required = usage.match(/<[^>]+>/g) ?? [];
  const more = usage.includes('[') ? ['…'] : [];
  return [...required, ...more].map((part) => ` ${part.replaceAll('`', '')}`).join('');
};

export const help = ({ prefix, commands }: MessageDetails['help']): string =>
  [
    '**Parley** records a voice channel, every person on a track of their own.',
    ...commands.map(({ name, usage, says }) => `\`${prefix}${name}${brief(usage)}\` – ${says}`),
    'With `/` too: `/join`, `/leave`, `/status`, the others after `/parley`, which shows what … stands for.',
  ].join('\n');
