import { z } from 'zod';
import { memoryModes } from '../memory/mode.ts';

/** What a guild chooses of the memory; the installation's values under the same names are the defaults, and the limit. */
export const memoryPerGuildFields = {
  memoryMode: z
    .enum(memoryModes)
    .default('persistent')
    .describe(
      'Whether conversations with the agent are remembered (persistent), or nothing is kept and nothing recorded (incognito). A server can lower what the installation allows, not raise it; a value that cannot be read is incognito.',
    ),
} as const;

/** Settings of the memory that only the operator has. */
export const memoryFields = {
  memory: z
    .strictObject({
      defaultRoute: z
        .string()
        .regex(/^[a-z][a-z_]{0,31}$/, 'lower-case letters and _, 32 at most')
        .default('voice')
        .describe('The route a remembered turn is filed under where nothing else decides it, such as `therapeutic`.'),
      safetyCheck: z
        .enum(['none', 'keywords', 'model'])
        .default('none')
        .describe(
          'What looks at what people say to the agent: nothing, the words of `safetyWords`, or the text model.',
        ),
      safetyWords: z
        .array(z.string().min(2).max(64))
        .max(200)
        .default([])
        .describe('Words and phrases that the safety check looks for, comma-separated.'),
      safetyRoute: z
        .string()
        .regex(/^[a-z][a-z_]{0,31}$/, 'lower-case letters and _, 32 at most')
        .default('safety')
        .describe('The route of a turn in which the safety check finds something.'),
      safetyResources: z
        .string()
        .max(1000)
        .default('')
        .describe(
          'Where people find help, posted in the text channel when the safety check finds something; empty: nothing.',
        ),
    })
    .prefault({}),
} as const;

/**
 * Takes a memory mode that does not exist for incognito, so that a slip of the pen keeps less and not more.
 * @returns whether it was one; every other wrong setting keeps Parley from starting
 */
export const failClosed = (input: Record<string, unknown>): boolean => {
  const { memoryMode } = input;
  const isWrong = memoryMode !== undefined && !memoryModes.some((mode) => mode === memoryMode);
  if (isWrong) input.memoryMode = 'incognito';
  return isWrong;
};
