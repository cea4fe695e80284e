import { Networking, VoiceReceiver } from '@discordjs/voice';
import { systemClock } from '@parley/protocol';
import type { DatagramReceiver } from '../voice/datagram-receiver.ts';
import { NetworkingTap, type TapEvents } from '../voice/networking-tap.ts';

/** What a tap told, by the name of the event. */
export type Tapped = { readonly [K in keyof TapEvents]: Parameters<TapEvents[K]>[] };

/**
 * A tap on a voice session of the real library that never gets anywhere: its port refuses. What `say` hands over is what the library
 * hands on, a message parsed from JSON or `null` for binary; the library itself does not listen.
 */
export class TappedVoice implements Disposable {
  readonly tapped: Tapped = { ready: [], resuming: [], closed: [], alive: [], negotiated: [], spoke: [], left: [] };
  readonly #networking: Networking;
  readonly #tap: NetworkingTap;

  constructor(receiver: DatagramReceiver) {
    const nowhere = { endpoint: '127.0.0.1:1', serverId: '1', userId: '2', channelId: '3', sessionId: 's', token: 't' };
    this.#networking = new Networking(nowhere, { debug: false, daveEncryption: false });
    this.#networking.on('error', () => undefined);
    const { tapped } = this;
    const events: TapEvents = {
      ready: () => void tapped.ready.push([]),
      resuming: () => void tapped.resuming.push([]),
      closed: (code) => void tapped.closed.push([code]),
      alive: () => void tapped.alive.push([]),
      negotiated: (event) => void tapped.negotiated.push([event]),
      spoke: (userId) => void tapped.spoke.push([userId]),
      left: (userId) => void tapped.left.push([userId]),
    };
    const { state } = this.#networking;
    if ('ws' in state) state.ws.removeAllListeners('packet').removeAllListeners('binary');
    this.#tap = new NetworkingTap({
      networking: this.#networking,
      receiver,
      // There is no UDP socket it would have to be taken off.
      libraryReceiver: Object.create(VoiceReceiver.prototype) as VoiceReceiver,
      events,
      clock: systemClock,
    });
  }

  say(packet: unknown): void {
    const { state } = this.#networking;
    if (!('ws' in state)) throw new Error('the voice session has ended');
    if (packet === null) state.ws.emit('binary', { op: 0, seq: 0, payload: Buffer.alloc(0) });
    else state.ws.emit('packet', packet);
  }

  [Symbol.dispose](): void {
    this.#tap[Symbol.dispose]();
    this.#networking.destroy();
  }
}
