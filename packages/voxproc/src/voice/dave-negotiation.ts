/** Milliseconds for which plain frames are still legitimate after an upgrade took effect (the library's own window). */
const AFTER_UPGRADE_MS = 10_000;
/** The same from the announcement of a downgrade on. */
const BEFORE_DOWNGRADE_MS = 24_000;

/**
 * Which end-to-end encryption is in force. The library's own `protocolVersion` changes as soon as an upgrade is prepared, while the
 * others go on sending plain frames until it is executed (DAVE protocol, "Transitions"): so what is in force is kept apart.
 */
export interface DaveNegotiation {
  /** DAVE version in force; 0: the call is not end-to-end encrypted. */
  readonly inForce: number;
  /** Plain frames are taken until then, milliseconds of the caller's clock. */
  readonly plainUntilMs: number;
}

export const notNegotiated: DaveNegotiation = { inForce: 0, plainUntilMs: 0 };

export type NegotiationEvent =
  /** The session description of a new voice session. */
  | { readonly type: 'described'; readonly version: number }
  /** A transition was announced. */
  | { readonly type: 'prepared'; readonly version: number }
  /** A transition took effect; `version` is what the library says after it. */
  | { readonly type: 'executed'; readonly version: number };

export const negotiate = (now: DaveNegotiation, event: NegotiationEvent, atMs: number): DaveNegotiation => {
  switch (event.type) {
    case 'described':
      return { inForce: event.version, plainUntilMs: 0 };
    case 'prepared':
      return event.version === 0 && now.inForce > 0 ? { ...now, plainUntilMs: atMs + BEFORE_DOWNGRADE_MS } : now;
    case 'executed':
      if (event.version === now.inForce) return now;
      return { inForce: event.version, plainUntilMs: now.inForce === 0 ? atMs + AFTER_UPGRADE_MS : 0 };
  }
};

/** Whether a frame that is not encrypted may be taken for audio. */
export const plainAllowed = ({ inForce, plainUntilMs }: DaveNegotiation, nowMs: number): boolean =>
  inForce === 0 || nowMs < plainUntilMs;
