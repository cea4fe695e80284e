import { type Networking, NetworkingStatusCode } from '@discordjs/voice';
import type { Clock } from '@parley/protocol';
import { discoveryRequest } from './rtp.ts';

/** Milliseconds between two discovery requests while the library waits for its answer. */
const REPEAT_MS = 500;

/**
 * Sends one IP discovery request by a voice session's socket, if it has one (Discord voice documentation, "IP Discovery"). The
 * answer arrives as a datagram.
 */
export const sendDiscovery = (networking: Networking | null): void => {
  const state = networking?.state;
  if (!state || !('udp' in state)) return;
  try {
    state.udp.send(discoveryRequest(state.connectionData.ssrc));
  } catch {
    // The socket was closed under way: whoever waits for the answer has a deadline.
  }
};

/**
 * Repeats the request while the library waits: it sends only one, and a lost datagram would cost the whole attempt. Ends with the
 * handshake or by disposing.
 */
export const repeatDiscovery = (networking: Networking, clock: Clock): Disposable => {
  const timer = clock.setInterval(() => {
    if (networking.state.code === NetworkingStatusCode.UdpHandshaking) sendDiscovery(networking);
    else timer[Symbol.dispose]();
  }, REPEAT_MS);
  return timer;
};
