import assert from 'node:assert/strict';
import { type ErrorCode, ProtocolError } from '../index.ts';

/** A message that a script waits for: consumed once, by the next message of its name. */
export class Expectation<P> {
  readonly name: string;
  /** The payload, once it has come; rejected when the peer is disposed before. */
  readonly received: Promise<P>;
  #matching: Partial<P> | undefined;
  #arrival = Promise.withResolvers<P>();

  constructor(name: string, matching: Partial<P> | undefined) {
    this.name = name;
    this.received = this.#arrival.promise;
    this.received.catch(() => {});
    this.#matching = matching;
  }

  /** Consumes it. @returns what is wrong with the payload, or null. */
  meet(params: P): string | null {
    this.#arrival.resolve(params);
    if (this.#matching === undefined) return null;
    try {
      assert.partialDeepStrictEqual(params, this.#matching);
      return null;
    } catch (error) {
      return `${this.name} came with another payload: ${(error as Error).message}`;
    }
  }

  miss(): void {
    this.#arrival.reject(new Error(`${this.name} never came`));
  }
}

/** A request a script waits for, and how it is met. */
export class ExpectedRequest<P, R> extends Expectation<P> {
  #reply: ((params: P) => R | Promise<R>) | null = null;

  /** Answers with a result, or with what a function makes of the payload. */
  answer(result: R | ((params: P) => R | Promise<R>)): this {
    this.#reply = typeof result === 'function' ? (result as (params: P) => R | Promise<R>) : () => result;
    return this;
  }

  /** Refuses with a code. */
  refuse(code: ErrorCode, message = 'refused by the script', details: Record<string, unknown> = {}): this {
    this.#reply = () => {
      throw new ProtocolError(code, message, details);
    };
    return this;
  }

  /** Takes the request and stays silent. */
  neverAnswer(): this {
    this.#reply = () => new Promise<R>(() => {});
    return this;
  }

  /** What the script says to `params`. @throws Error when it says nothing. */
  reply(params: P): R | Promise<R> {
    if (this.#reply === null) throw new Error(`${this.name} is expected, but neither answered, refused nor ignored`);
    return this.#reply(params);
  }
}
