import { type DAVESession, type Networking, NetworkingStatusCode, type VoiceReceiver } from '@discordjs/voice';
import type { Clock } from '@parley/protocol';
import type { DatagramReceiver } from './datagram-receiver.ts';
import type { NegotiationEvent } from './dave-negotiation.ts';
import { repeatDiscovery } from './discovery.ts';
import { mediaSocketOf } from './library-seam.ts';
import { isTransportMode, transportOpener } from './transport-crypto.ts';
import { ssrcOf, userIdOf } from './wire-ids.ts';

/** Voice gateway opcodes that are read here (Discord voice documentation, "Voice Opcodes"; 12 is undocumented and names SSRCs). */
const op = {
  sessionDescription: 4,
  speaking: 5,
  video: 12,
  clientDisconnect: 13,
  davePrepareTransition: 21,
  daveExecuteTransition: 22,
  davePrepareEpoch: 24,
} as const;

export interface TapEvents {
  ready(): void;
  resuming(): void;
  closed(code: number): void;
  /** Any message of the voice gateway: the connection lives. */
  alive(): void;
  negotiated(event: NegotiationEvent): void;
  /** A person began to speak, says the voice gateway. */
  spoke(userId: string): void;
  left(userId: string): void;
}

export interface TapOptions {
  readonly networking: Networking;
  readonly receiver: DatagramReceiver;
  /** The library's own receiver, which is taken off the socket. */
  readonly libraryReceiver: VoiceReceiver;
  readonly events: TapEvents;
  readonly clock: Clock;
}

type State = Networking['state'];
type VoiceSocket = Exclude<State, { code: NetworkingStatusCode.Closed }>['ws'];
type UdpSocket = Extract<State, { udp: object }>['udp'];

/**
 * Listens to one voice session of the library: feeds the receiver with its socket, keys and names, and tells what happens to it.
 * Re-attaches whenever the library exchanges a part. The library's own receiver is taken off the socket: it crashes the process on
 * a datagram of 9 to 11 bytes.
 */
export class NetworkingTap implements Disposable {
  readonly networking: Networking;
  #receiver: DatagramReceiver;
  #libraryReceiver: VoiceReceiver;
  #events: TapEvents;
  #ws: VoiceSocket | null = null;
  #udp: UdpSocket | null = null;
  #key: Uint8Array | null = null;
  #code: NetworkingStatusCode;
  #clock: Clock;
  #discovery: Disposable | null = null;

  constructor({ networking, receiver, libraryReceiver, events, clock }: TapOptions) {
    this.networking = networking;
    this.#receiver = receiver;
    this.#libraryReceiver = libraryReceiver;
    this.#events = events;
    this.#clock = clock;
    this.#code = networking.state.code;
    networking.on('stateChange', this.#onStateChange).on('transitioned', this.#onTransitioned);
    // Before the library's own listener, which asks for a voice state update at once: the reason has to be known by then.
    networking.prependListener('close', this.#onClose);
    this.#sync(networking.state);
  }

  /** The end-to-end encryption of this voice session, while it has one. */
  get dave(): DAVESession | null {
    const { state } = this.networking;
    return 'dave' in state ? (state.dave ?? null) : null;
  }

  [Symbol.dispose](): void {
    this.networking.off('stateChange', this.#onStateChange).off('transitioned', this.#onTransitioned);
    this.networking.off('close', this.#onClose);
    this.#discovery?.[Symbol.dispose]();
    this.#listenTo(null);
    if (this.#udp) this.#receiver.detach();
    this.#udp = null;
  }

  #onStateChange = (_: State, state: State): void => {
    this.#sync(state);
    if (state.code === this.#code) return;
    this.#code = state.code;
    if (state.code === NetworkingStatusCode.UdpHandshaking) {
      this.#discovery ??= repeatDiscovery(this.networking, this.#clock);
    } else if (state.code === NetworkingStatusCode.Ready) this.#events.ready();
    else if (state.code === NetworkingStatusCode.Resuming) this.#events.resuming();
  };

  #onClose = (code: number): void => this.#events.closed(code);

  #onTransitioned = (): void => {
    const { dave } = this;
    if (dave) this.#events.negotiated({ type: 'executed', version: dave.protocolVersion });
    this.#receiver.keysChanged();
  };

  #sync(state: State): void {
    this.#listenTo('ws' in state ? state.ws : null);
    const udp = 'udp' in state ? state.udp : null;
    if (udp !== null) udp.off('message', this.#libraryReceiver.onUdpMessage);
    if (udp !== this.#udp) {
      this.#udp = udp;
      if (udp) this.#receiver.attach(mediaSocketOf(udp));
      else this.#receiver.detach();
    }
    if (state.code !== NetworkingStatusCode.Ready) return;
    const { secretKey, encryptionMode } = state.connectionData;
    if (secretKey === this.#key || !isTransportMode(encryptionMode)) return;
    this.#key = secretKey;
    this.#receiver.setTransport(transportOpener(encryptionMode, secretKey));
  }

  #listenTo(ws: VoiceSocket | null): void {
    if (ws === this.#ws) return;
    this.#ws?.off('packet', this.#onPacket).off('binary', this.#onBinary);
    this.#ws = ws;
    ws?.on('packet', this.#onPacket).on('binary', this.#onBinary);
  }

  /** Key packages, commits and welcomes: the library's listener has worked them in already. */
  #onBinary = (): void => {
    this.#events.alive();
    this.#receiver.retry();
  };

  #onPacket = (packet: unknown): void => {
    this.#events.alive();
    const { op: code, d } = packet as { op?: unknown; d?: unknown };
    const data = (typeof d === 'object' && d !== null ? d : {}) as Record<string, unknown>;
    const userId = userIdOf(data.user_id);
    switch (code) {
      case op.sessionDescription:
        this.#events.negotiated({ type: 'described', version: numberOr(data.dave_protocol_version, 0) });
        return;
      case op.speaking:
        this.#named(data.ssrc, userId);
        // Bit 0 is microphone; 0 says that the person stopped.
        if (userId !== null && numberOr(data.speaking, 1) & 1) this.#events.spoke(userId);
        return;
      case op.video:
        this.#named(data.audio_ssrc, userId);
        return;
      case op.clientDisconnect:
        if (userId === null) return;
        this.#receiver.disconnected(userId);
        this.#events.left(userId);
        return;
      case op.davePrepareTransition:
        this.#events.negotiated({ type: 'prepared', version: numberOr(data.protocol_version, 1) });
        this.#receiver.retry();
        return;
      case op.daveExecuteTransition:
      case op.davePrepareEpoch:
        this.#receiver.retry();
    }
  };

  #named(value: unknown, userId: string | null): void {
    const ssrc = ssrcOf(value);
    if (ssrc !== null && userId !== null) this.#receiver.named(ssrc, userId);
  }
}

const numberOr = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);
