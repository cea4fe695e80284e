import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { Store } from '../../store/store.ts';
import { MemoryError } from '../memory-error.ts';
import type { RecordableTurn } from '../turns/turn-event.ts';
import { bodyHash } from './body-hash.ts';
import type { SafetyCheck, SafetyFinding } from './safety-check.ts';
import { turnPolicy } from './turn-policy.ts';

/** A turn as whoever held the conversation tells it. */
export interface VoiceTurn extends Omit<RecordableTurn, 'turnId'> {
  readonly threadId: string;
  /** Of the caller; the same turn comes under the same id, however often it is told. */
  readonly clientTurnId: string;
  readonly channel: 'voice' | 'text';
  /** What the conversation ran on: vendor, model; never what was said. */
  readonly runtime: Readonly<Record<string, string>>;
}

export interface TurnReceipt {
  /** false: an incognito turn, which was counted and nothing else. */
  readonly recorded: boolean;
  readonly turnCount: number;
  /** Epoch milliseconds, of the first time. */
  readonly at: number;
}

export interface TurnRecorderOptions {
  readonly store: Pick<Store, 'memory'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly safety: SafetyCheck;
  readonly defaultRoute: string;
}

/** The safety check may take this long, milliseconds; a turn is recorded without it then. */
const safetyMs = 20_000;

/**
 * Looks at a finished turn and appends it to its thread, once: what is repeated, at the same time, later or after a restart, gets the
 * receipt of the first. Turn and receipt are one transaction.
 */
export class TurnRecorder {
  readonly #options: TurnRecorderOptions;

  constructor(options: TurnRecorderOptions) {
    this.#options = options;
  }

  /**
   * @returns the receipt, and what the safety check found
   * @throws MemoryError `turn_empty`, `turn_conflict`, `thread_ended`; StoreError, after which it may be repeated
   */
  async record(turn: VoiceTurn): Promise<TurnReceipt & { readonly finding: SafetyFinding | null }> {
    const { clock, defaultRoute, safety, store } = this.#options;
    const { threadId, clientTurnId, channel, outcome, tools, runtime } = turn;
    const [userText, assistantText] = [turn.userText.trim(), turn.assistantText.trim()];
    if (userText === '' && assistantText === '') throw new MemoryError('turn_empty');
    const speakers = [...new Set(turn.speakers)];
    const finding = await this.check(userText);
    const { route, style, groundedLookup } = turnPolicy({ defaultRoute, tools, finding });
    const at = clock.now();
    const result = await store.memory.append({
      ...{ threadId, clientTurnId, at, channel, userText, assistantText, outcome, route, style, speakers },
      diagnostics: {
        voiceRuntime: runtime,
        voiceToolCalls: tools,
        ...(groundedLookup === null ? {} : { groundedLookup }),
        ...(safety.name === 'none' ? {} : { safety: { check: safety.name, found: finding !== null } }),
      },
      bodyHash: bodyHash({ channel, userText, assistantText, outcome, tools, speakers }),
    });
    if (result.kind === 'conflict') throw new MemoryError('turn_conflict');
    if (result.kind === 'no_thread') throw new MemoryError('thread_ended');
    // What was found is acted upon once.
    return {
      ...{ recorded: true, turnCount: result.turnCount, at: result.at },
      finding: result.kind === 'recorded' ? finding : null,
    };
  }

  /** What the safety check says of what people said; a check that fails finds nothing. Never throws. */
  async check(userText: string): Promise<SafetyFinding | null> {
    if (userText === '') return null;
    const { clock, logger, safety } = this.#options;
    const late = new AbortController();
    const { promise, reject } = Promise.withResolvers<never>();
    using _timer = clock.setTimeout(() => {
      const error = new Error(`no answer within ${safetyMs / 1000} s`);
      late.abort(error);
      reject(error);
    }, safetyMs);
    try {
      return await Promise.race([safety.check(userText, late.signal), promise]);
    } catch (error) {
      logger.warn({ err: error, check: safety.name }, 'a turn was not checked');
      return null;
    }
  }
}
