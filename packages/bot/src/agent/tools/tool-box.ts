import type { Clock } from '@parley/protocol';
import { z } from 'zod';
import type { Logger } from '../../log.ts';
import type { ToolDefinition } from '../provider/realtime-provider.ts';
import type { ToolAnswer, ToolCall, ToolHost } from '../session/tool-host.ts';
import { type Tool, ToolError, type ToolErrorCode, type ToolRight, toolErrorCodes } from './tool.ts';

/** Characters of JSON a model may send along (a runaway model writes more). */
export const maxArguments = 24_000;
/** Characters of an answer that the model is told. */
export const maxOutput = 8000;
/** Calls of a session within a minute. */
export const maxCallsPerMinute = 30;

export interface ToolBoxOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The tools there are now; a later one of the same name does not count. */
  readonly tools: () => readonly Tool[];
  /** What somebody may do. */
  readonly may: (userId: string, right: ToolRight) => boolean;
  /** Asks the people whether something may be done. @returns whether one of `speakers` said yes in time */
  readonly ask: (question: string, speakers: readonly string[], signal: AbortSignal) => Promise<boolean>;
  /** For the metrics: what a call came to. */
  readonly onUse?: (tool: string, outcome: 'done' | ToolErrorCode, ms: number) => void;
  /** Resolves when `tools` knows all there are; must not reject. Absent: it does already. */
  readonly ready?: Promise<void>;
  /** Given back with the box. */
  readonly owned?: AsyncDisposable;
}

/** Answers the model's calls, each once: whatever is wrong with one is its answer. What a tool says is data, and bounded. */
export class ToolBox implements ToolHost {
  readonly #options: ToolBoxOptions;
  #callsAt: number[] = [];

  constructor(options: ToolBoxOptions) {
    this.#options = options;
  }

  get definitions(): readonly ToolDefinition[] {
    return [...this.#tools.values()].map(({ definition }) => definition);
  }

  get ready(): Promise<void> {
    return this.#options.ready ?? Promise.resolve();
  }

  async call(call: ToolCall, signal: AbortSignal): Promise<ToolAnswer> {
    const { clock, logger, onUse } = this.#options;
    const startedUs = clock.monotonicUs();
    const tool = this.#tools.get(call.name);
    let outcome: 'done' | ToolErrorCode = 'done';
    let output: string;
    try {
      output = answered(await this.#do(tool, call, signal));
    } catch (error) {
      const failure = asToolError(error);
      outcome = failure.code;
      output = JSON.stringify({ ok: false, error: failure.code, message: failure.message });
      // Arguments and messages may hold what people said: only names and codes are logged.
      logger.warn(
        { tool: tool?.definition.name ?? 'unknown', code: outcome, ...causeOf(failure) },
        'a tool was called in vain',
      );
    }
    onUse?.(tool === undefined ? 'unknown' : call.name, outcome, (clock.monotonicUs() - startedUs) / 1000);
    return { output, continues: outcome !== 'done' || (tool?.continues ?? true) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#options.owned?.[Symbol.asyncDispose]();
  }

  get #tools(): Map<string, Tool> {
    const byName = new Map<string, Tool>();
    for (const tool of this.#options.tools()) {
      if (!byName.has(tool.definition.name)) byName.set(tool.definition.name, tool);
    }
    return byName;
  }

  async #do(tool: Tool | undefined, call: ToolCall, signal: AbortSignal): Promise<string> {
    if (tool === undefined) throw new ToolError('unknown_tool', `there is no tool ${call.name.slice(0, 64)}`);
    const args = argumentsOf(tool, call.arguments);
    this.#permit(tool, call.speakers);
    this.#count();
    const question = tool.question(args);
    if (question !== null && !(await this.#options.ask(question, call.speakers, signal))) {
      throw new ToolError('declined', 'nobody who asked for it said yes to the question in the text channel');
    }
    return await this.#timed(tool, args, call.speakers, signal);
  }

  /** Everybody whose words led to it has to be allowed: two who ask together do not lend each other their rights. */
  #permit({ right }: Tool, speakers: readonly string[]): void {
    const allowed = right === 'heard' || (speakers.length > 0 && speakers.every((id) => this.#options.may(id, right)));
    if (!allowed) throw new ToolError('not_permitted', 'somebody who asked for it is not allowed to do that');
  }

  #count(): void {
    const nowMs = this.#options.clock.monotonicUs() / 1000;
    this.#callsAt = this.#callsAt.filter((at) => nowMs - at < 60_000);
    if (this.#callsAt.length >= maxCallsPerMinute) throw new ToolError('too_often', toolErrorCodes.too_often);
    this.#callsAt.push(nowMs);
  }

  async #timed(tool: Tool, args: unknown, speakers: readonly string[], signal: AbortSignal): Promise<string> {
    const late = new AbortController();
    const { promise, reject } = Promise.withResolvers<never>();
    const unwanted = () => reject(new ToolError('no_longer_wanted', toolErrorCodes.no_longer_wanted));
    using _timer = this.#options.clock.setTimeout(() => {
      reject(new ToolError('timed_out', `it did not answer within ${tool.timeoutMs / 1000} s`));
      late.abort(new ToolError('timed_out', toolErrorCodes.timed_out));
    }, tool.timeoutMs);
    if (signal.aborted) unwanted();
    signal.addEventListener('abort', unwanted, { once: true });
    try {
      const use = { speakers, signal: AbortSignal.any([signal, late.signal]) };
      return await Promise.race([tool.run(args, use), promise]);
    } finally {
      signal.removeEventListener('abort', unwanted);
    }
  }
}

/** @throws ToolError `arguments_too_long`, `arguments_invalid` */
const argumentsOf = (tool: Tool, json: string): unknown => {
  if (json.length > maxArguments) throw new ToolError('arguments_too_long', `at most ${maxArguments} characters`);
  let value: unknown;
  try {
    value = json.trim() === '' ? {} : JSON.parse(json);
  } catch {
    throw new ToolError('arguments_invalid', 'the arguments are not JSON');
  }
  try {
    return tool.parse(value);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const where = error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`);
    throw new ToolError('arguments_invalid', where.join('; '));
  }
};

const answered = (result: string): string => {
  const kept = result.slice(0, maxOutput);
  const cut = result.length - kept.length;
  return JSON.stringify(cut > 0 ? { ok: true, result: kept, cutCharacters: cut } : { ok: true, result: kept });
};

const asToolError = (error: unknown): ToolError =>
  error instanceof ToolError ? error : new ToolError('failed', toolErrorCodes.failed, { cause: error });

/** What failed, by its names and the place it failed at; its message may hold what people said. */
const causeOf = ({ cause }: ToolError) => {
  if (!(cause instanceof Error)) return {};
  const at = /^\s+at .*$/m.exec(cause.stack ?? '')?.[0].trim() ?? null;
  return { cause: { name: cause.name, code: 'code' in cause ? cause.code : null, at } };
};
