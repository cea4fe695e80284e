import { nearest } from '../../config/nearest.ts';
import { commandNamed, commands } from './all.ts';
import type { Command } from './command.ts';

/** What a text message asks for. */
export type TextRequest =
  | {
      readonly kind: 'command';
      readonly via: 'text' | 'mention';
      readonly command: Command;
      readonly everywhere: boolean;
    }
  /** Meant for Parley, but no command; `nearest` is the one it resembles. */
  | { readonly kind: 'unknown'; readonly typed: string; readonly nearest: string | null };

/**
 * Reads a message: `!join`, `! join`, `@Parley join`. A prefix others may use too is answered only where the word resembles a command;
 * a mention is always meant for Parley, but plain talk about it (more than three words) is not a command.
 */
export const parseText = (content: string, prefix: string, botUserId: string): TextRequest | null => {
  const text = content.trim();
  const mention = new RegExp(`^<@!?${botUserId}>\\s*`).exec(text);
  if (!mention && !text.startsWith(prefix)) return null;
  const rest = text.slice(mention ? mention[0].length : prefix.length).trim();
  const words = (mention && rest.startsWith(prefix) ? rest.slice(prefix.length).trim() : rest)
    .split(/\s+/)
    .filter((word) => word !== '');
  const [typed = '', ...args] = words;
  const name = typed.toLowerCase().replace(/[.!?]+$/, '');
  const command = commandNamed(name === '' && mention ? 'help' : name);
  if (command) {
    const everywhere = command.scoped && args.some((word) => word.toLowerCase() === 'everywhere');
    return { kind: 'command', via: mention ? 'mention' : 'text', command, everywhere };
  }
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
