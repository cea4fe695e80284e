/** When a connection that says it is ready is doubted (03-recording §1.7). Milliseconds. */
export const watchdogRules = {
  /** Somebody began to speak and no audio from anybody followed. */
  speechWithoutAudioMs: 5000,
  /** No datagram of any kind while people could speak. */
  silenceMs: 30_000,
  /** People who must be present and unmuted for that. */
  minPeople: 2,
  /** Speaking events right after connecting tell of the past. */
  settleMs: 1000,
  probes: 3,
  probeMs: 2000,
  /** Between rejoins; doubled with each, and back to the start after ten good minutes. */
  rejoinMs: 60_000,
  goodMs: 600_000,
} as const;

/** What the connection looks like from outside when the watchdog is asked. */
export interface Surroundings {
  /** Server-deafened: no audio comes, and that is no fault. */
  readonly deafened: boolean;
  /** People, without bots, who are present and neither muted nor server-muted. */
  readonly unmutedPeople: number;
}

export type WatchdogAdvice =
  | { readonly kind: 'none' }
  /** Send an IP discovery request. `suspicion`: what raised the doubt, told once, with the first probe. */
  | { readonly kind: 'probe'; readonly suspicion?: 'speech_without_audio' | 'no_datagrams' }
  | { readonly kind: 'rejoin'; readonly why: 'probe_unanswered' | 'deaf_twice' };

type Phase =
  | { readonly name: 'off' }
  | { readonly name: 'watching' }
  | { readonly name: 'probing'; readonly sent: number; readonly lastMs: number; readonly from: 'speech' | 'silence' };

const NONE: WatchdogAdvice = { kind: 'none' };

/**
 * Doubts a voice connection that is ready but brings nothing: probes it, and advises to rejoin when the probe is not answered. A
 * probe that is answered while somebody speaks clears the path but not the server: after the second such speech it advises to
 * rejoin too. Pure: fed with explicit milliseconds, asked by `tick` a few times a second.
 */
export class Watchdog {
  #phase: Phase = { name: 'off' };
  #connectedMs = 0;
  #datagramMs = 0;
  #speechMs: number | null = null;
  /** Speeches in a row that brought no audio although a probe was answered. */
  #deafSpeeches = 0;
  #rejoins = 0;
  #nextRejoinMs = 0;

  connected(nowMs: number): void {
    this.#phase = { name: 'watching' };
    this.#connectedMs = nowMs;
    this.#datagramMs = nowMs;
    this.#speechMs = null;
  }

  disconnected(): void {
    this.#phase = { name: 'off' };
  }

  /** The voice server said that a person began to speak. */
  spoke(nowMs: number): void {
    if (nowMs - this.#connectedMs >= watchdogRules.settleMs) this.#speechMs ??= nowMs;
  }

  /** An audio datagram of anybody. */
  audio(nowMs: number): void {
    this.#speechMs = null;
    this.#deafSpeeches = 0;
    this.#alive(nowMs);
  }

  /** Any other datagram of the voice server; the answer to a probe is one. */
  datagram(nowMs: number): void {
    if (this.#phase.name === 'probing' && this.#phase.from === 'speech') {
      this.#deafSpeeches += 1;
      this.#speechMs = null;
    }
    this.#alive(nowMs);
  }

  tick(nowMs: number, { deafened, unmutedPeople }: Surroundings): WatchdogAdvice {
    if (this.#phase.name === 'off') return NONE;
    if (deafened) {
      this.connected(nowMs);
      return NONE;
    }
    if (this.#deafSpeeches >= 2 && nowMs >= this.#nextRejoinMs) return this.#rejoin(nowMs, 'deaf_twice');
    if (this.#phase.name === 'probing') return this.#probing(this.#phase, nowMs);
    if (this.#speechMs !== null && nowMs - this.#speechMs >= watchdogRules.speechWithoutAudioMs) {
      return this.#probe(nowMs, 0, 'speech');
    }
    const silent = nowMs - this.#datagramMs >= watchdogRules.silenceMs;
    if (silent && unmutedPeople >= watchdogRules.minPeople) return this.#probe(nowMs, 0, 'silence');
    return NONE;
  }

  #alive(nowMs: number): void {
    this.#datagramMs = nowMs;
    if (this.#phase.name === 'probing') this.#phase = { name: 'watching' };
  }

  #probing({ sent, lastMs, from }: Phase & { name: 'probing' }, nowMs: number): WatchdogAdvice {
    if (nowMs - lastMs < watchdogRules.probeMs) return NONE;
    if (sent < watchdogRules.probes) return this.#probe(nowMs, sent, from);
    if (nowMs < this.#nextRejoinMs) return this.#probe(nowMs, sent, from);
    return this.#rejoin(nowMs, 'probe_unanswered');
  }

  #probe(nowMs: number, sent: number, from: 'speech' | 'silence'): WatchdogAdvice {
    this.#phase = { name: 'probing', sent: sent + 1, lastMs: nowMs, from };
    if (sent > 0) return { kind: 'probe' };
    return { kind: 'probe', suspicion: from === 'speech' ? 'speech_without_audio' : 'no_datagrams' };
  }

  #rejoin(nowMs: number, why: 'probe_unanswered' | 'deaf_twice'): WatchdogAdvice {
    if (nowMs - this.#nextRejoinMs >= watchdogRules.goodMs) this.#rejoins = 0;
    this.#nextRejoinMs = nowMs + watchdogRules.rejoinMs * 2 ** this.#rejoins;
    this.#rejoins += 1;
    this.#deafSpeeches = 0;
    this.#phase = { name: 'off' };
    return { kind: 'rejoin', why };
  }
}
