import { Socket } from 'node:dgram';
import type { DAVESession, VoiceUDPSocket } from '@discordjs/voice';

/** What is not public in @discordjs/voice 0.19.2 and needed all the same. The version is pinned; a change of these names ends in a clear error. */
export class VoiceLibraryError extends Error {
  override readonly name = 'VoiceLibraryError';
}

/** The datagram socket below the library's: the library's own `message` event does not say where a datagram came from. */
export interface MediaSocket {
  readonly socket: Socket;
  /** The voice server. */
  readonly address: string;
  readonly port: number;
}

export const mediaSocketOf = (udp: VoiceUDPSocket): MediaSocket => {
  const socket: unknown = Reflect.get(udp, 'socket');
  const remote: unknown = Reflect.get(udp, 'remote');
  const { ip, port } = (remote ?? {}) as { ip?: unknown; port?: unknown };
  if (!(socket instanceof Socket) || typeof ip !== 'string' || typeof port !== 'number') {
    throw new VoiceLibraryError('@discordjs/voice is not 0.19.2: its UDP socket is not where it used to be');
  }
  return { socket, address: ip, port };
};

/** Whether keys of the call are changing hands: transitions announced but not executed, or a session being built anew. */
export const isRekeying = (dave: DAVESession): boolean => {
  const pending: unknown = Reflect.get(dave, 'pendingTransitions');
  return dave.reinitializing || (pending instanceof Map && pending.size > 0);
};
