import { type UserMessage, UserRateLimiter } from '../../notify/index.ts';
import { shortError } from '../../policy/denial.ts';
import { usageOf } from '../arguments/option.ts';
import type { GivenArguments } from '../arguments/read-arguments.ts';
import {
  type Answer,
  answerOf,
  type Choice,
  type Command,
  type CommandServices,
  type Invocation,
} from '../commands/command.ts';
import { noteRefusal } from '../commands/note-refusal.ts';
import { refusalOf } from './permission.ts';

interface Asked {
  readonly guildId: string;
  readonly userId: string;
  readonly command: string | null;
}

/** A refusal because somebody asks too much; `tell`: whether they should hear of it. */
export interface RateRefusal {
  readonly tell: boolean;
  readonly message: UserMessage;
}

/** From a command as it was given to its answer: rate limit, arguments, permission, handler. What it refuses is logged and counted. */
export class CommandRunner {
  #services: CommandServices;
  #limiter: UserRateLimiter;

  constructor(services: CommandServices) {
    this.#services = services;
    this.#limiter = new UserRateLimiter(services.clock);
  }

  /** Takes one request of this person, for a command or (null) for anything else; null: it is allowed. */
  rateLimited(guildId: string, userId: string, command: Command | null): RateRefusal | null {
    const decision = this.#limiter.take(command?.isConsent ? `${userId} consent` : userId);
    if (decision.allowed) return null;
    this.#services.metrics.rateLimited.inc();
    const { retryAfterMs, tell } = decision;
    const message: UserMessage = { kind: 'rate_limited', details: { retryAfterMs } };
    this.note(message, { guildId, userId, command: command?.name ?? null });
    return { tell, message };
  }

  /** What speaks against a command before it is begun, or the command ready to run. */
  prepare(
    command: Command,
    given: GivenArguments,
    invocation: Invocation,
  ):
    | { readonly kind: 'refused'; readonly message: UserMessage }
    | { readonly kind: 'ready'; run(): Promise<Answer | null> } {
    const { guildId, userId, via } = invocation;
    const about = { guildId, userId, command: command.name };
    const refuse = (message: UserMessage) => {
      this.note(message, about);
      return { kind: 'refused', message } as const;
    };
    const { prefix } = this.#services.settings;
    const prepared = command.prepare(given);
    if (prepared.kind === 'wrong') {
      const { problem } = prepared;
      const usage = usageOf(command.options);
      return refuse({ kind: 'wrong_arguments', details: { problem, prefix, name: command.name, usage } });
    }
    const refusal = refusalOf(command, invocation, this.#services);
    if (refusal) return refuse(refusal);
    this.#services.logger.info({ ...about, via }, 'command');
    return {
      kind: 'ready',
      run: () => this.#guard(about, async () => answerOf(await prepared.run(invocation, this.#services))),
    };
  }

  /** Carries out a choice somebody made. */
  async runChoice(about: Asked, choice: Choice): Promise<Answer | null> {
    return await this.#guard(about, async () => answerOf(await choice.run()));
  }

  /** Runs a handler; a failure is logged and becomes an answer. */
  async #guard(about: Asked, run: () => Promise<Answer | null>): Promise<Answer | null> {
    let answer: Answer | null;
    try {
      answer = await run();
    } catch (error) {
      this.#services.logger.error({ ...about, err: error }, 'a command failed');
      answer = { message: { kind: 'command_failed', details: { error: shortError(error) } } };
    }
    if (answer) this.note(answer.message, about);
    return answer;
  }

  /** Logs and counts a message that refuses something. */
  note(message: UserMessage, about: object): void {
    noteRefusal(message, about, this.#services);
  }
}
