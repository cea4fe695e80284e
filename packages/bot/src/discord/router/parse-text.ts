import { nearest } from '../../config/nearest.ts';
import { commandNamed, commands } from '../commands/all.ts';
import type { Command } from '../commands/command.ts';

/** What a text message asks for. */
export type TextRequest =
  | {
      readonly kind: 'command';
      readonly via: 'text' | 'mention';
      readonly command: Command;
      /** The words after the command. */
      readonly rest: string;
    }
  /** Meant for Parley, but no command; `nearest` is the one it resembles. */
  | { readonly kind: 'unknown'; readonly typed: string; readonly nearest: string | null };

/** A command and the words after it; null when the first word is none. */
export const parseLine = (line: string): { readonly command: Command; readonly rest: string } | null => {
  const [, typed = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(line.trim()) ?? [];
  const command = commandNamed(nameOf(typed));
  return command ? { command, rest } : null;
};

const nameOf = (typed: string): string => typed.toLowerCase().replace(/[.!?]+$/, '');

/**
 * Reads a message: `!join`, `! join`, `@Parley join`. A prefix others may use too is answered only where the word resembles a command;
 * a mention is always meant for Parley, but plain talk about it (more than three words) is not a command.
 */
export const parseText = (content: string, prefix: string, botUserId: string): TextRequest | null => {
  const text = content.trim();
  const mention = new RegExp(`^<@!?${botUserId}>\\s*`).exec(text);
  if (!mention && !text.startsWith(prefix)) return null;
  const afterwards = text.slice(mention ? mention[0].length : prefix.length).trim();
  const line = mention && afterwards.startsWith(prefix) ? afterwards.slice(prefix.length).trim() : afterwards;
  const via = mention ? 'mention' : 'text';
  const parsed = parseLine(line === '' && mention ? 'help' : line);
  if (parsed) return { kind: 'command', via, ...parsed };
  const words = line.split(/\s+/).filter((word) => word !== '');
  const typed = words[0] ?? '';
  const name = nameOf(typed);
  const alike = /^[a-z-]+$/.test(name)
    ? nearest(
        name,
        commands.map((known) => known.name),
      )
    : null;
  if (mention ? words.length <= 3 : alike !== null && words.length <= 2)
    return { kind: 'unknown', typed, nearest: alike };
  return null;
};
