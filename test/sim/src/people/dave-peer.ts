import { DAVESession } from '@snazzah/davey';
import { VOICE_OP } from '../voice/opcodes.ts';
import { SILENCE_FRAME } from './opus-frames.ts';

const AUDIO = 0;
const PASSTHROUGH_SECONDS = 30;

export interface DavePort {
  sendOp(op: number, data: { readonly transition_id: number }): void;
  sendBinary(op: number, payload: Buffer): void;
}

/** A commit that is taken up when its transition is executed. */
interface Held {
  readonly id: number;
  readonly commit: Buffer | null;
  readonly version: 0 | 1;
}

/** Decrypted, undecryptable, or to be tried again after the transition under way. */
export type Decrypted = Buffer | 'failed' | 'later';

/**
 * A simulated person's encryption session: the client's side of DAVE as Discord's own clients play it, with new keys
 * for sending only from the execution of a transition on, so that nobody gets frames he cannot decrypt yet.
 */
export class DavePeer {
  readonly #userId: string;
  readonly #channelId: string;
  readonly #port: DavePort;
  #session: DAVESession | null = null;
  #version: 0 | 1 = 0;
  #held: Held | null = null;
  /** Waiting for a group to be made or made anew. */
  #outside = false;

  constructor(userId: string, channelId: string, port: DavePort) {
    this.#userId = userId;
    this.#channelId = channelId;
    this.#port = port;
  }

  get version(): 0 | 1 {
    return this.#version;
  }

  get privacyCode(): string {
    return this.#session?.voicePrivacyCode ?? '';
  }

  /** Whether frames can be sent now. */
  get canSend(): boolean {
    return this.#version === 0 || (!this.#outside && this.#session?.ready === true);
  }

  start(version: 0 | 1): void {
    this.#version = version;
    if (version === 1) this.#restart();
  }

  /** The frame as it goes into RTP; null while there are no keys. */
  encrypt(opus: Buffer): Buffer | null {
    if (this.#version === 0 || opus.equals(SILENCE_FRAME)) return opus;
    return this.canSend && this.#session ? this.#session.encryptOpus(opus) : null;
  }

  decrypt(userId: string, frame: Buffer): Decrypted {
    if (frame.equals(SILENCE_FRAME) || !this.#session || (this.#version === 0 && !this.#session.ready)) return frame;
    try {
      return this.#session.decrypt(userId, AUDIO, frame);
    } catch {
      return this.#held || this.#outside ? 'later' : 'failed';
    }
  }

  receiveOp(
    op: number,
    data: { readonly transition_id?: number; readonly protocol_version?: number; readonly epoch?: number },
  ): void {
    const id = data.transition_id ?? 0;
    if (op === VOICE_OP.davePrepareTransition && data.protocol_version === 0) {
      this.#session?.setPassthroughMode(true, PASSTHROUGH_SECONDS);
      this.#held = { id, commit: null, version: 0 };
      this.#port.sendOp(VOICE_OP.daveTransitionReady, { transition_id: id });
    } else if (op === VOICE_OP.daveExecuteTransition && this.#held?.id === id) {
      const { commit, version } = this.#held;
      this.#held = null;
      this.#version = version;
      this.#outside = false;
      if (commit) this.#attempt(() => this.#session?.processCommit(commit), id);
    } else if (op === VOICE_OP.davePrepareEpoch && data.epoch === 1) {
      this.#version = 1;
      this.#restart();
      this.#session?.setPassthroughMode(true, PASSTHROUGH_SECONDS);
    }
  }

  receiveBinary(op: number, payload: Buffer): void {
    if (!this.#session) return;
    if (op === VOICE_OP.mlsExternalSender) this.#session.setExternalSender(payload);
    else if (op === VOICE_OP.mlsProposals) this.#propose(this.#session, payload);
    else if (op === VOICE_OP.mlsAnnounceCommit) this.#announce(payload.readUInt16BE(0), payload.subarray(2));
    else if (op === VOICE_OP.mlsWelcome) this.#welcome(payload.readUInt16BE(0), payload.subarray(2));
  }

  #propose(session: DAVESession, payload: Buffer): void {
    try {
      const { commit, welcome } = session.processProposals(payload.readUInt8(0), payload.subarray(1));
      if (!commit) return;
      this.#port.sendBinary(VOICE_OP.mlsCommitWelcome, welcome ? Buffer.concat([commit, welcome]) : commit);
    } catch {
      this.#recover(0);
    }
  }

  /** Inside a group the commit waits for the transition; who makes the group takes up his own at once. */
  #announce(id: number, commit: Buffer): void {
    if (id === 0 || this.#outside) {
      this.#enter(() => this.#session?.processCommit(commit), id);
      return;
    }
    this.#held = { id, commit, version: 1 };
    this.#port.sendOp(VOICE_OP.daveTransitionReady, { transition_id: id });
  }

  #welcome(id: number, welcome: Buffer): void {
    this.#enter(() => this.#session?.processWelcome(welcome), id);
  }

  /** Comes into a group; nothing is sent with its keys before the transition, if there is one, is executed. */
  #enter(process: () => void, id: number): void {
    if (!this.#attempt(process, id)) return;
    this.#outside = id !== 0;
    if (id === 0) return;
    this.#held = { id, commit: null, version: 1 };
    this.#port.sendOp(VOICE_OP.daveTransitionReady, { transition_id: id });
  }

  #attempt(process: () => void, id: number): boolean {
    try {
      process();
      return true;
    } catch {
      this.#recover(id);
      return false;
    }
  }

  #recover(id: number): void {
    this.#port.sendOp(VOICE_OP.mlsInvalidCommitWelcome, { transition_id: id });
    this.#restart();
  }

  #restart(): void {
    this.#outside = true;
    this.#held = null;
    if (this.#session) this.#session.reinit(1, this.#userId, this.#channelId);
    else this.#session = new DAVESession(1, this.#userId, this.#channelId);
    this.#port.sendBinary(VOICE_OP.mlsKeyPackage, this.#session.getSerializedKeyPackage());
  }
}
