import type { RtpParts } from '../udp/rtp.ts';
import type { VoiceState } from '../world/voice-state.ts';
import type { MediaPacket } from './media.ts';

/** Somebody in a call: a client over the network, or a simulated person in this process. */
export interface CallMember {
  readonly userId: string;
  readonly ssrc: number;
  /** Highest end-to-end encryption version it speaks: 0 or 1. */
  readonly maxDave: number;
  /** Null after it left voice. */
  voiceState(): VoiceState | null;
  sendOp(op: number, data: object): void;
  sendBinary(op: number, payload: Buffer): void;
  /** `parts` is the encoded form of `packet`, made once for all receivers. */
  sendMedia(packet: MediaPacket, parts: RtpParts, from: CallMember): void;
}
