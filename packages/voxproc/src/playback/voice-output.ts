import { SILENCE_20MS } from '@parley/mux';
import type { Connection } from '../voice/connection.ts';

const SILENCE = Buffer.from(SILENCE_20MS);

/** Where 20 ms Opus frames go. */
export interface FrameOutput {
  /** Whether a frame may be sent now: connected, and end-to-end encryption ready where the call has it. */
  readonly ready: boolean;
  /** Sends one frame. @returns false when it was not sent. */
  send(frame: Buffer): boolean;
  /** Sends a silence frame: those are never end-to-end encrypted. */
  sendSilence(): boolean;
  /** Takes the speaking mark away. */
  stopSpeaking(): void;
}

/**
 * The voice connection as an output. It checks for itself that encryption is ready: @discordjs/voice 0.19.2 would send the frame
 * plain otherwise. Without the permission to speak the voice server drops what is sent; nothing comes back from that.
 */
export const voiceOutput = (connection: Pick<Connection, 'voice' | 'state' | 'encryption'>): FrameOutput => {
  const dispatch = (frame: Buffer): boolean => {
    const { voice } = connection;
    if (!voice || connection.state.name !== 'ready') return false;
    try {
      return voice.prepareAudioPacket(frame) !== undefined && voice.dispatchAudio() === true;
    } catch {
      // The encryption session changed under way, or the transport cannot encrypt: the frame is not sent.
      return false;
    }
  };
  return {
    get ready() {
      return connection.encryption.ready;
    },
    send: (frame) => connection.encryption.ready && dispatch(frame),
    sendSilence: () => dispatch(SILENCE),
    stopSpeaking: () => void connection.voice?.setSpeaking(false),
  };
};
