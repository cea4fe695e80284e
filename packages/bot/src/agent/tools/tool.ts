import { z } from 'zod';
import type { ToolDefinition } from '../provider/realtime-provider.ts';

/** What the weakest of those whose words led to a call has to be allowed. `heard`: whoever the agent listens to. */
export type ToolRight = 'heard' | 'control' | 'manage';

/** For whom a tool works. */
export interface ToolUse {
  /** Whose words led to it; empty: the agent acts by itself. */
  readonly speakers: readonly string[];
  /** Nobody wants it any more, or it took too long. */
  readonly signal: AbortSignal;
}

/** Something the model may do. */
export interface Tool {
  readonly definition: ToolDefinition;
  readonly right: ToolRight;
  /** Whether somebody has to say yes first: what it does cannot be undone. The question, as the people read it; null: no. */
  readonly question: (args: unknown) => string | null;
  readonly timeoutMs: number;
  /** Whether the model is to go on speaking because of it. */
  readonly continues: boolean;
  /** The arguments as the tool takes them. @throws z.ZodError */
  parse(args: unknown): unknown;
  /** @returns what the model is told @throws ToolError, or whatever failed */
  run(args: unknown, use: ToolUse): Promise<string>;
}

/** Why a tool did not do what it was called for; the message is for the model, which tells the people. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code: ToolErrorCode;

  constructor(code: ToolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Closed: the same in the model's answer, the log and the metrics. */
export const toolErrorCodes = {
  unknown_tool: 'there is no such tool',
  arguments_invalid: 'the arguments are not what the tool takes',
  arguments_too_long: 'the arguments are too long',
  not_permitted: 'somebody who asked for it may not do that',
  declined: 'nobody said yes to it',
  too_often: 'it was called too often',
  timed_out: 'it took too long',
  no_longer_wanted: 'whoever asked for it does not want it any more',
  not_found: 'what was asked for does not exist',
  unavailable: 'what it needs cannot be reached',
  refused: 'it cannot be done now',
  failed: 'it failed; the log has why',
} as const satisfies Record<string, string>;
export type ToolErrorCode = keyof typeof toolErrorCodes;

interface ToolSpec<S extends z.ZodType> {
  readonly name: string;
  readonly says: string;
  readonly args: S;
  readonly right: ToolRight;
  readonly question?: (args: z.infer<S>) => string | null;
  readonly timeoutMs?: number;
  readonly continues?: boolean;
  run(args: z.infer<S>, use: ToolUse): Promise<string>;
}

/** Milliseconds a tool of ours may take. */
const usualMs = 10_000;

/** A tool of Parley's own; its arguments are described to the model by their schema. */
export const defineTool = <S extends z.ZodType>(spec: ToolSpec<S>): Tool => {
  const { name, says, args, right, question, timeoutMs = usualMs, continues = true } = spec;
  const { $schema: _, ...parameters } = z.toJSONSchema(args, { io: 'input' });
  return {
    definition: { name, description: says, parameters },
    ...{ right, timeoutMs, continues },
    question: (value) => question?.(value as z.infer<S>) ?? null,
    parse: (value) => args.parse(value),
    run: (value, use) => spec.run(value as z.infer<S>, use),
  };
};
