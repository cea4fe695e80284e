import type { Clock } from '@parley/protocol';
import type { SessionEndReason } from '../notify/index.ts';

/** How long after an accidental leave the session can be continued, milliseconds. */
export const continueWithinMs = 600_000;

/** Whether nobody in the channel meant a session to end that ended for this, and the channel is there still. */
const isAccident = {
  requested: false,
  max_duration: false,
  alone: false,
  trigger_gone: false,
  kicked: true,
  channel_deleted: false,
  moved_to_disallowed: true,
  settings_changed: false,
  connection_lost: true,
  switch_failed: true,
  voxproc_failed: true,
  disk_full: false,
  folder_unwritable: false,
  shutdown: false,
} as const satisfies Record<SessionEndReason, boolean>;

export interface EndedSession {
  readonly guildId: string;
  readonly channelId: string;
  /** The recording that ran when it ended; null: none. */
  readonly recordingSessionId: string | null;
  readonly reason: SessionEndReason;
}

interface Offer {
  readonly channelId: string;
  readonly recordingSessionId: string;
  readonly timer: Disposable;
  withdraw: (() => void) | null;
}

/**
 * The sessions that ended by accident a while ago, one per guild at most: a recording that begins in the same channel continues theirs.
 * In memory: what a restart cuts off is for the recovery.
 */
export class LastSessions implements Disposable {
  readonly #clock: Clock;
  readonly #offers = new Map<string, Offer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A session ended. @returns whether it can be continued, so that people are offered it. */
  ended({ guildId, channelId, recordingSessionId, reason }: EndedSession): boolean {
    this.begun(guildId);
    if (!isAccident[reason] || recordingSessionId === null) return false;
    const timer = this.#clock.setTimeout(() => this.begun(guildId), continueWithinMs);
    this.#offers.set(guildId, { channelId, recordingSessionId, timer, withdraw: null });
    return true;
  }

  /** The offer was made; `withdraw` takes it back and must not throw. It is called at once when the offer is over already. */
  offered(guildId: string, recordingSessionId: string, withdraw: () => void): void {
    const offer = this.#offers.get(guildId);
    if (offer?.recordingSessionId === recordingSessionId) offer.withdraw = withdraw;
    else withdraw();
  }

  /** The recording that one beginning in this channel now continues; null: none. */
  recordingBefore(guildId: string, channelId: string): string | null {
    const offer = this.#offers.get(guildId);
    return offer?.channelId === channelId ? offer.recordingSessionId : null;
  }

  /** Another session began in the guild, or it is too late: there is nothing to continue any more. */
  begun(guildId: string): void {
    const offer = this.#offers.get(guildId);
    if (offer === undefined) return;
    this.#offers.delete(guildId);
    offer.timer[Symbol.dispose]();
    offer.withdraw?.();
  }

  /** Stops every timer; what was offered stays as it stands. */
  [Symbol.dispose](): void {
    for (const { timer } of this.#offers.values()) timer[Symbol.dispose]();
    this.#offers.clear();
  }
}
