import { isObject, type JsonObject } from '../core/json.ts';
import { nowUs } from '../core/mono-clock.ts';
import type { Turns } from '../core/turns.ts';
import type { RtpParts } from '../udp/rtp.ts';
import type { Call } from '../voice/call.ts';
import type { CallMember } from '../voice/call-member.ts';
import type { MediaPacket } from '../voice/media.ts';
import { VOICE_OP } from '../voice/opcodes.ts';
import type { VoiceState } from '../world/voice-state.ts';
import { DavePeer } from './dave-peer.ts';
import type { Listener } from './listener.ts';

export interface VoicePeerOptions {
  readonly userId: string;
  readonly ssrc: number;
  readonly maxDave: 0 | 1;
  readonly call: Call;
  readonly listener: Listener;
  readonly isHearing: () => boolean;
  readonly voiceState: () => VoiceState | null;
  readonly turns: Turns;
  readonly notify: () => void;
}

/**
 * A simulated person's connection to one call, in this process: it says and gets what a client over the network would.
 * What the call tells it is taken up in the next turn, after clients over the network have been told.
 */
export class VoicePeer implements CallMember {
  readonly userId: string;
  readonly ssrc: number;
  readonly maxDave: 0 | 1;
  readonly call: Call;
  readonly dave: DavePeer;
  readonly #options: VoicePeerOptions;
  #gone = false;

  constructor(options: VoicePeerOptions) {
    this.#options = options;
    this.userId = options.userId;
    this.ssrc = options.ssrc;
    this.maxDave = options.maxDave;
    this.call = options.call;
    const later = (run: () => void): void => {
      options.turns.add(() => {
        if (!this.#gone) run();
      });
    };
    this.dave = new DavePeer(this.userId, this.call.channelId, {
      sendOp: (op, data) => {
        later(() => {
          if (op === VOICE_OP.daveTransitionReady) this.call.dave.transitionReady(this, data.transition_id);
          else if (op === VOICE_OP.mlsInvalidCommitWelcome) this.call.dave.invalid(this);
        });
      },
      sendBinary: (op, payload) => {
        later(() => {
          if (op === VOICE_OP.mlsKeyPackage) this.call.dave.keyPackage(this, payload);
          else if (op === VOICE_OP.mlsCommitWelcome) this.call.dave.commit(this, payload);
        });
      },
    });
  }

  connect(): void {
    this.call.join(this);
    this.dave.start(this.call.dave.connect(this));
  }

  disconnect(): void {
    this.#gone = true;
    this.call.leave(this);
  }

  voiceState(): VoiceState | null {
    return this.#gone ? null : this.#options.voiceState();
  }

  sendOp(op: number, data: object): void {
    if (op < VOICE_OP.davePrepareTransition) return;
    this.#afterwards(() => {
      if (isObject(data as JsonObject)) this.dave.receiveOp(op, data);
    });
  }

  sendBinary(op: number, payload: Buffer): void {
    this.#afterwards(() => this.dave.receiveBinary(op, payload));
  }

  sendMedia({ kind, rtp }: MediaPacket, _parts: RtpParts, from: CallMember): void {
    if (kind !== 'audio' || !this.#options.isHearing()) return;
    const frame = { atUs: nowUs(), sequence: rtp.sequence, timestamp: rtp.timestamp };
    this.#options.listener.hear({ userId: from.userId, payload: rtp.payload, frame }, this.#decrypt);
  }

  readonly #decrypt = (userId: string, payload: Buffer) => this.dave.decrypt(userId, payload);

  #afterwards(run: () => void): void {
    this.#options.turns.add(() => {
      if (this.#gone) return;
      run();
      this.#options.listener.retry(this.#decrypt);
      this.#options.notify();
    });
  }
}
