import type { DaveCall } from '../dave/dave-call.ts';
import { encodeRtp } from '../udp/rtp.ts';
import { canBeHeard, canHear } from '../world/voice-state.ts';
import type { CallMember } from './call-member.ts';
import type { MediaPacket } from './media.ts';
import { VOICE_OP } from './opcodes.ts';

export interface CallOptions {
  readonly channelId: string;
  /** Whether who joins is told of speaking events that came before. */
  readonly speakingReplay: boolean;
  readonly notify: () => void;
}

/** The people connected to one channel's voice, and what they send each other. */
export class Call {
  readonly channelId: string;
  readonly members = new Map<string, CallMember>();
  /** Packets relayed, by receiver copies. */
  relayed = 0;
  readonly #options: CallOptions;
  readonly #spoke = new Map<string, { readonly ssrc: number; readonly speaking: number }>();
  readonly #dave: DaveCall;

  constructor(options: CallOptions, makeDave: (call: Call) => DaveCall) {
    this.channelId = options.channelId;
    this.#options = options;
    this.#dave = makeDave(this);
  }

  get dave(): DaveCall {
    return this.#dave;
  }

  /** Tells the newcomer who is there, and the others of the newcomer. Call it once the newcomer has its Ready. */
  join(member: CallMember): void {
    const others = [...this.members.values()];
    this.members.set(member.userId, member);
    if (others.length > 0) {
      member.sendOp(VOICE_OP.clientsConnect, { user_ids: others.map(({ userId }) => userId) });
    }
    for (const other of others) other.sendOp(VOICE_OP.clientsConnect, { user_ids: [member.userId] });
    if (this.#options.speakingReplay) {
      for (const [userId, { ssrc, speaking }] of this.#spoke) {
        member.sendOp(VOICE_OP.speaking, { user_id: userId, ssrc, speaking });
      }
    }
    this.#options.notify();
  }

  leave(member: CallMember): void {
    if (this.members.get(member.userId) !== member) return;
    this.members.delete(member.userId);
    this.#spoke.delete(member.userId);
    for (const other of this.members.values()) {
      other.sendOp(VOICE_OP.clientDisconnect, { user_id: member.userId });
    }
    this.#dave.leave(member);
    this.#options.notify();
  }

  /** Passes a speaking event on. */
  speaking(member: CallMember, speaking: number): void {
    if (this.members.get(member.userId) !== member) return;
    this.#spoke.set(member.userId, { ssrc: member.ssrc, speaking });
    for (const other of this.members.values()) {
      if (other !== member) {
        other.sendOp(VOICE_OP.speaking, { user_id: member.userId, ssrc: member.ssrc, speaking });
      }
    }
    this.#options.notify();
  }

  /** Passes a packet on to all who may hear it; false when its sender may not be heard. */
  relay(member: CallMember, packet: MediaPacket): boolean {
    const state = member.voiceState();
    if (!state || !canBeHeard(state)) return false;
    const parts = encodeRtp(packet.rtp);
    for (const other of this.members.values()) {
      if (other === member) continue;
      const listening = other.voiceState();
      if (!listening || !canHear(listening)) continue;
      other.sendMedia(packet, parts, member);
      this.relayed += 1;
    }
    return true;
  }
}
