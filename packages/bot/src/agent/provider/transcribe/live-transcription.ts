import type { Clock } from '@parley/protocol';
import { type CloseCode, closeCodes } from '../provider-event.ts';
import type { TranscriberEvent, TranscriberSession, Transcript } from '../transcriber.ts';
import { PiecesInOrder } from './pieces-in-order.ts';
import { WaitingAudio } from './waiting-audio.ts';

/** What a vendor's transcription socket tells its owner. */
export interface PieceSocketHearer {
  readonly ready: () => void;
  readonly partial: (id: string, text: string) => void;
  readonly final: (id: string, transcript: Transcript) => void;
  readonly failed: (id: string, code: string, message: string) => void;
  readonly warning: (code: string, message: string) => void;
  readonly closed: (code: CloseCode, reason: string) => void;
}

/** One socket of a vendor that understands pieces of speech; what is said before it is ready is its owner's to keep. */
export interface PieceSocket extends AsyncDisposable {
  readonly isReady: boolean;
  /** @throws ProviderConnectError; the signal's reason */
  connect(signal: AbortSignal): Promise<void>;
  append(pcm: Uint8Array): void;
  /** Ends a piece. @returns false where there was nothing of it */
  commit(id: string): boolean;
  clear(): void;
}

export interface LiveTranscriptionOptions {
  readonly clock: Clock;
  /** Hz of s16le mono. */
  readonly rate: number;
  /** A socket that is not connected yet. */
  readonly socket: (hearer: PieceSocketHearer) => PieceSocket;
}

const keptMs = 10_000;
/** A piece this long that is understood as nothing is suspicious. */
const enoughMs = 1_000;
/** So many of them in a row, and the socket is replaced: sessions were seen to become deaf. */
const mostEmpty = 3;

/** Speech as text over one socket at a time. Audio is kept while there is none; a socket that has become deaf is replaced. */
export class LiveTranscription implements TranscriberSession {
  readonly #options: LiveTranscriptionOptions;
  readonly #events: (event: TranscriberEvent) => void;
  readonly #warn: (code: string, message: string) => void;
  readonly #bytesPerMs: number;
  readonly #waiting: WaitingAudio;
  readonly #pieces: PiecesInOrder;
  readonly #lengths = new Map<string, number>();
  readonly #replacing = new AbortController();
  #socket: PieceSocket;
  #old: Promise<void> = Promise.resolve();
  #counted = 0;
  #ms = 0;
  #empty = 0;
  #isDeaf = false;
  #droppedTold = 0;
  #closed = false;

  constructor(
    options: LiveTranscriptionOptions,
    events: (event: TranscriberEvent) => void,
    warn: (code: string, message: string) => void,
  ) {
    this.#options = options;
    this.#events = events;
    this.#warn = warn;
    this.#bytesPerMs = (options.rate * 2) / 1000;
    this.#waiting = new WaitingAudio(keptMs * this.#bytesPerMs);
    this.#pieces = new PiecesInOrder(options.clock, (event) => this.#events(event));
    this.#socket = this.#newSocket();
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.#socket.connect(signal);
  }

  append(pcm: Uint8Array): void {
    if (this.#closed) return;
    if (this.#isDeaf && this.#ms === 0) this.#replace();
    this.#ms += pcm.length / this.#bytesPerMs;
    if (this.#socket.isReady) this.#socket.append(pcm);
    else this.#waiting.append(pcm);
  }

  commit(): string {
    this.#counted += 1;
    const id = `piece_${this.#counted}`;
    this.#pieces.commit(id);
    this.#lengths.set(id, this.#ms);
    this.#ms = 0;
    if (this.#closed) this.#settle(id, { type: 'failed', code: 'closed', message: 'the transcription is closed' });
    else if (this.#socket.isReady) this.#commit(id);
    else this.#waiting.commit(id);
    return id;
  }

  clear(): void {
    this.#ms = 0;
    if (this.#socket.isReady) this.#socket.clear();
    else this.#waiting.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#replacing.abort(new Error('disposed'));
    await this.#socket[Symbol.asyncDispose]();
    await this.#old;
  }

  #newSocket(): PieceSocket {
    const socket: PieceSocket = this.#options.socket({
      ready: () => this.#catchUp(),
      partial: (id, text) => this.#pieces.partial(id, text),
      final: (id, transcript) => this.#final(id, transcript),
      failed: (id, code, message) => this.#settle(id, { type: 'failed', code, message }),
      warning: this.#warn,
      closed: (code, reason) => {
        if (socket === this.#socket) this.#end(code, reason);
      },
    });
    return socket;
  }

  /** Says to the socket that has become ready what was said meanwhile. */
  #catchUp(): void {
    for (const one of this.#waiting.take()) {
      if (one.kind === 'audio') this.#socket.append(one.pcm);
      else this.#commit(one.id);
    }
    const dropped = this.#waiting.dropped - this.#droppedTold;
    this.#droppedTold = this.#waiting.dropped;
    if (dropped > 0) {
      this.#warn(
        'audio_dropped',
        `${Math.round(dropped / this.#bytesPerMs)} ms were dropped: there was no socket for too long`,
      );
    }
  }

  #commit(id: string): void {
    if (!this.#socket.commit(id)) {
      this.#settle(id, { type: 'failed', code: 'no_audio', message: 'there is no audio in this piece' });
    }
  }

  #final(id: string, transcript: Transcript): void {
    const enough = (this.#lengths.get(id) ?? 0) >= enoughMs;
    this.#settle(id, { type: 'final', transcript });
    if (transcript.text !== '') this.#empty = 0;
    else if (enough) this.#empty += 1;
    if (this.#empty < mostEmpty || this.#closed || this.#isDeaf) return;
    this.#isDeaf = true;
    // In the middle of a piece it is too late for that one, and soon enough for the next.
    if (this.#ms === 0) this.#replace();
  }

  #settle(id: string, result: Parameters<PiecesInOrder['settle']>[1]): void {
    this.#lengths.delete(id);
    this.#pieces.settle(id, result);
  }

  #replace(): void {
    this.#isDeaf = false;
    this.#empty = 0;
    this.#warn('deaf', `${mostEmpty} pieces in a row were understood as nothing; the socket is replaced`);
    // All pieces there are were said to the old one; nothing is to be hoped for of them.
    this.#pieces.end('deaf', 'the transcription had become deaf');
    const old = this.#socket;
    this.#socket = this.#newSocket();
    this.#old = Promise.allSettled([this.#old, old[Symbol.asyncDispose]()]).then(() => undefined);
    // A failure is told as the new socket's end.
    this.#socket.connect(this.#replacing.signal).catch(() => undefined);
  }

  #end(code: CloseCode, reason: string): void {
    this.#closed = true;
    this.#pieces.end(code, reason);
    this.#events({ type: 'closed', code, reason, retryable: closeCodes[code].retryable });
  }
}
