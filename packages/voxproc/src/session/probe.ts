import type { Networking } from '@discordjs/voice';
import { discoveryRequest } from '../voice/rtp.ts';

/** Asks the voice server for our address, only to see whether it answers (Discord voice documentation, "IP Discovery"). */
export class ProbeSender {
  #networkingOf: () => Networking | null;

  constructor(networkingOf: () => Networking | null) {
    this.#networkingOf = networkingOf;
  }

  /** Sends one request, when there is a socket to send it by. The answer arrives as a datagram. */
  send(): void {
    const state = this.#networkingOf()?.state;
    if (!state || !('udp' in state)) return;
    try {
      state.udp.send(discoveryRequest(state.connectionData.ssrc));
    } catch {
      // The socket was closed under way: the watchdog will notice the silence.
    }
  }
}
