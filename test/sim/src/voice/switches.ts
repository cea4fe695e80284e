/** What tests turn on the voice side; read at the moment it matters. */
export interface VoiceSwitches {
  /** Milliseconds the voice gateway waits before it answers an identify. */
  handshakeDelayMs: number;
  /** Milliseconds a commit is held back before it is announced. */
  commitDelayMs: number;
  /** Clients without end-to-end encryption are turned away with 4017. */
  daveRequired: boolean;
}

export const defaultSwitches = (): VoiceSwitches => ({ handshakeDelayMs: 0, commitDelayMs: 0, daveRequired: false });
