import type { z } from 'zod';

/** What an operator may want to hear of a link; none of it ends anything. */
export interface ChannelReport {
  readonly what:
    | 'unknown_notification'
    | 'invalid_notification'
    | 'listener_failed'
    | 'handler_failed'
    | 'early'
    /** A notification or an answer could not be encoded; the peer does not get it. */
    | 'send_failed'
    /** More speech waits for the peer than may: this frame was not sent. */
    | 'speech_refused'
    /** `end()` gave up on a peer that does not read. */
    | 'undelivered';
  readonly type: string;
  readonly message: string;
}

/** Kinds a peer can repeat at will: reported once for each type. */
const once: ReadonlySet<ChannelReport['what']> = new Set([
  'unknown_notification',
  'early',
  'send_failed',
  'speech_refused',
]);

/** Types remembered as reported; beyond that they are only counted. */
const maxRemembered = 256;

/** Hands reports on, the repeatable ones once for each type. */
export class Complaints {
  #report: ((report: ChannelReport) => void) | undefined;
  #reported = new Set<string>();

  /** `report` must not throw. */
  constructor(report: ((report: ChannelReport) => void) | undefined) {
    this.#report = report;
  }

  add(what: ChannelReport['what'], type: string, message: string): void {
    const name = shortName(type);
    if (once.has(what)) {
      const key = `${what} ${name}`;
      if (this.#reported.has(key) || this.#reported.size >= maxRemembered) return;
      this.#reported.add(key);
    }
    this.#report?.({ what, type: name, message });
  }
}

/** A type as the peer wrote it, cut to what fits a message. */
export const shortName = (type: string): string => (type.length > 64 ? `${type.slice(0, 64)}…` : type);

/** Where a payload departs from its schema: the first few places, on one line. */
export const departures = (error: z.ZodError): string =>
  error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.map(String).join('.') || 'payload'}: ${message}`)
    .join('; ');

/** The words of whatever was thrown, with its stack where it has one. */
export const wordsOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
