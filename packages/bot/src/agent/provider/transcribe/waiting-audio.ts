/** What is to be sent as soon as there is a socket, in its order. */
export type Waiting =
  | { readonly kind: 'audio'; readonly pcm: Uint8Array }
  | { readonly kind: 'commit'; readonly id: string };

/** Keeps audio and the ends of its pieces while there is no socket. Beyond its limit the oldest audio is dropped and counted. */
export class WaitingAudio {
  readonly #most: number;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #dropped = 0;

  /** @param mostBytes how much audio is kept */
  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  /** Bytes that were dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  append(pcm: Uint8Array): void {
    // A copy: the caller's memory is theirs again.
    this.#waiting.push({ kind: 'audio', pcm: Uint8Array.from(pcm) });
    this.#bytes += pcm.length;
    while (this.#bytes > this.#most) {
      const at = this.#waiting.findIndex(({ kind }) => kind === 'audio');
      const [oldest] = this.#waiting.splice(at, 1);
      if (oldest?.kind !== 'audio') break;
      this.#bytes -= oldest.pcm.length;
      this.#dropped += oldest.pcm.length;
    }
  }

  commit(id: string): void {
    this.#waiting.push({ kind: 'commit', id });
  }

  /** Takes back the audio since the last commit. */
  clear(): void {
    const end = this.#waiting.findLastIndex(({ kind }) => kind === 'commit') + 1;
    for (const one of this.#waiting.splice(end)) if (one.kind === 'audio') this.#bytes -= one.pcm.length;
  }

  /** Gives everything away, oldest first. */
  take(): readonly Waiting[] {
    const all = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    return all;
  }
}
