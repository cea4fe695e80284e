import { nearest } from '../../config/nearest.ts';
import { commandNamed, commands } from '../commands/all.ts';
import type { Command } from '../commands/command.ts';
import { readIntent } from '../summons/intent.ts';
import { parentCommand } from './parent-command.ts';

/** What a text message asks for. */
export type TextRequest =
  | {
      readonly kind: 'command';
      readonly via: 'text' | 'mention';
      readonly command: Command;
      /** The words after the command. */
      readonly rest: string;
    }
  /** Plain words that seem to want a command; 0..1 how surely. */
  | { readonly kind: 'intent'; readonly command: Command; readonly confidence: number }
  /** Meant for Parley, but no command; `nearest` is the one it resembles. */
  | { readonly kind: 'unknown'; readonly typed: string; readonly nearest: string | null };

/** A command and the words after it; null when the first word is none. */
export const parseLine = (line: string): { readonly command: Command; readonly rest: string } | null => {
  const [, typed = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(line.trim()) ?? [];
  const command = commandNamed(nameOf(typed));
  if (command) return { command, rest };
  // As it stands in the list of slash commands: "parley optout".
  return nameOf(typed) === parentCommand && rest !== '' ? parseLine(rest) : null;
};

const nameOf = (typed: string): string => typed.toLowerCase().replace(/[.!?]+$/, '');

/**
 * Reads a message: `!join`, `! join`, `@Parley join`, `@Parley come join us`. A prefix others may use too is answered only where the
 * word resembles a command. After a mention a command needs to be all that is said, unless it takes arguments; more words are read as
 * plain ones; a mention inside of talk is not meant for Parley unless it is clearly a wish.
 */
export const parseText = (content: string, prefix: string, botUserId: string): TextRequest | null => {
  const text = content.trim();
  const mention = new RegExp(`^<@!?${botUserId}>\\s*`).exec(text);
  if (mention) return parseMention(text, text.slice(mention[0].length).trim(), prefix, botUserId);
  if (!text.startsWith(prefix)) return intentOf(text, botUserId);
  const line = text.slice(prefix.length).trim();
  const parsed = parseLine(line);
  if (parsed) return { kind: 'command', via: 'text', ...parsed };
  const unknown = unknownOf(line);
  return unknown.nearest !== null && wordsOf(line).length <= 2 ? unknown : null;
};

const parseMention = (text: string, afterwards: string, prefix: string, botUserId: string): TextRequest | null => {
  const isPrefixed = afterwards.startsWith(prefix);
  const line = isPrefixed ? afterwards.slice(prefix.length).trim() : afterwards;
  const parsed = parseLine(line === '' ? 'help' : line);
  if (parsed && (isPrefixed || isWhole(parsed))) return { kind: 'command', via: 'mention', ...parsed };
  const intent = intentOf(text, botUserId);
  if (intent) return intent;
  if (parsed && hasArguments(parsed.command)) return { kind: 'command', via: 'mention', ...parsed };
  return parsed || wordsOf(line).length > 3 ? null : unknownOf(line);
};

/** Whether a command stands there as it is given, and not at the beginning of a sentence. */
const isWhole = ({ command, rest }: { command: Command; rest: string }): boolean =>
  rest === '' || (hasArguments(command) && command.prepare({ kind: 'text', text: rest }).kind === 'ready');

const hasArguments = ({ options }: Command): boolean => Object.keys(options).length > 0;

const intentOf = (text: string, botUserId: string): TextRequest | null => {
  const intent = readIntent(text, botUserId);
  const command = intent && commandNamed(intent.command);
  return command ? { kind: 'intent', command, confidence: intent.confidence } : null;
};

const unknownOf = (line: string): Extract<TextRequest, { kind: 'unknown' }> => {
  const [typed = ''] = wordsOf(line);
  const name = nameOf(typed);
  const names = commands.map((known) => known.name);
  return { kind: 'unknown', typed, nearest: /^[a-z-]+$/.test(name) ? nearest(name, names) : null };
};

const wordsOf = (line: string): string[] => line.split(/\s+/).filter((word) => word !== '');
