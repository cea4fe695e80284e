import type { DiscordGatewayAdapterCreator, DiscordGatewayAdapterLibraryMethods } from '@discordjs/voice';
import type { Clock } from '@parley/protocol';
import { Op4Gate } from './op4-gate.ts';
import {
  guildVoiceServer,
  ownVoiceState,
  type VoiceServerData,
  type VoiceStateData,
  type Whose,
} from './own-voice-data.ts';

/** Milliseconds a voice server waits for the voice state it belongs to. */
const STATE_LAG_MS = 500;

/** A payload for the main gateway: op 4 only. */
export interface VoiceStatePayload {
  readonly op: 4;
  readonly d: Record<string, unknown>;
}

export interface GatewayAdapterOptions extends Whose {
  readonly clock: Clock;
  readonly send: (payload: VoiceStatePayload) => void;
  /** A voice state update was refused because the last one is less than a second ago. */
  readonly onHeldBack: () => void;
}

/**
 * Between @discordjs/voice and the main gateway in the other process. The library asks for voice state updates of its own accord
 * and without pause (facts: 113 in 0.4 s against a dead server), so only those within `permit` go out, one a second at most.
 * It also never connects when the server is named before the voice state: the two are handed on in the order it needs.
 */
export class GatewayAdapter {
  available = true;
  #options: GatewayAdapterOptions;
  #gate = new Op4Gate();
  #library: DiscordGatewayAdapterLibraryMethods | null = null;
  #permitted = false;
  /** The channel our next voice state should name. */
  #expected: string | null = null;
  #current: string | null = null;
  #early: { readonly data: VoiceServerData; readonly timer: Disposable } | null = null;

  constructor(options: GatewayAdapterOptions) {
    this.#options = options;
  }

  readonly creator: DiscordGatewayAdapterCreator = (library) => {
    this.#library = library;
    return {
      sendPayload: (payload: VoiceStatePayload) => this.#send(payload),
      destroy: () => {
        this.#library = null;
        this.#dropEarly();
      },
    };
  };

  /** Milliseconds until a voice state update may go out: 0 now, infinite while the gateway is away. */
  waitMs(): number {
    return this.available ? this.#gate.waitMs(this.#nowMs()) : Number.POSITIVE_INFINITY;
  }

  /** Lets the library send while `ask` runs. `channelId`: where that should take us. */
  permit(channelId: string | null, ask: () => void): void {
    this.#expected = channelId;
    this.#permitted = true;
    try {
      ask();
    } finally {
      this.#permitted = false;
    }
  }

  /** @returns our voice state when `data` is one, else null. */
  voiceState(data: Record<string, unknown>): VoiceStateData | null {
    const state = ownVoiceState(data, this.#options);
    if (state === null) return null;
    this.#current = state.channel_id;
    // A moderator may take us elsewhere: what comes after belongs there.
    if (state.channel_id !== null) this.#expected = state.channel_id;
    this.#library?.onVoiceStateUpdate(state);
    if (state.channel_id !== null) this.#release();
    return state;
  }

  /** @returns whether the data named a voice server of this guild, or its absence. */
  voiceServer(data: Record<string, unknown>): boolean {
    const server = guildVoiceServer(data, this.#options);
    if (server === null) return false;
    this.#dropEarly();
    if (this.#current !== null && this.#current === this.#expected) {
      this.#library?.onVoiceServerUpdate(server);
    } else {
      this.#early = { data: server, timer: this.#options.clock.setTimeout(() => this.#release(), STATE_LAG_MS) };
    }
    return true;
  }

  #send(payload: VoiceStatePayload): boolean {
    if (!this.available) return false;
    const nowMs = this.#nowMs();
    const tooEarly = this.#gate.waitMs(nowMs) > 0;
    if (tooEarly) this.#options.onHeldBack();
    // What the library asks for by itself after each close is expected, and no news unless it is too much.
    if (!this.#permitted) return false;
    if (!this.#gate.take(nowMs)) return false;
    this.#options.send(payload);
    return true;
  }

  #release(): void {
    const early = this.#early;
    this.#dropEarly();
    if (early) this.#library?.onVoiceServerUpdate(early.data);
  }

  #dropEarly(): void {
    this.#early?.timer[Symbol.dispose]();
    this.#early = null;
  }

  #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }
}
