import type { SessionInfo, SessionServices } from '../session-services.ts';

/** The same effect of the same person within this is one, milliseconds. */
export const effectDedupeMs = 1500;
/** Effects kept. */
export const effectsKept = 18;

/** An emoji thrown or a soundboard sound played into a voice channel (Discord's VOICE_CHANNEL_EFFECT_SEND). */
export interface VoiceEffect {
  readonly userId: string;
  /** The emoji's name; null: none. */
  readonly emoji: string | null;
  readonly soundId: string | null;
}

export interface SeenEffect extends VoiceEffect {
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface VoiceEffectsOptions {
  readonly services: Pick<SessionServices, 'clock' | 'logger' | 'store'>;
  readonly info: SessionInfo;
}

/** The effects others send into a session's channel. */
export class VoiceEffects {
  readonly #options: VoiceEffectsOptions;
  #recent: readonly SeenEffect[] = [];
  readonly #lastUs = new Map<string, number>();

  constructor(options: VoiceEffectsOptions) {
    this.#options = options;
  }

  /** The latest, oldest first. */
  get recent(): readonly SeenEffect[] {
    return this.#recent;
  }

  /** Takes an effect in the session's channel. @returns whether it counts, and is no echo of the one before */
  sent(effect: VoiceEffect): boolean {
    const { services, info } = this.#options;
    const { clock, logger, store } = services;
    const nowUs = clock.monotonicUs();
    const { userId, emoji, soundId } = effect;
    const key = `${userId} ${soundId ?? emoji ?? ''}`;
    const isEcho = nowUs - (this.#lastUs.get(key) ?? Number.NEGATIVE_INFINITY) < effectDedupeMs * 1000;
    for (const [old, us] of this.#lastUs) if (nowUs - us >= effectDedupeMs * 1000) this.#lastUs.delete(old);
    if (isEcho) return false;
    this.#lastUs.set(key, nowUs);
    this.#recent = [...this.#recent, { ...effect, at: clock.now() }].slice(-effectsKept);
    const { guildId, sessionId } = info;
    logger.info({ guildId, sessionId, userId, emoji, soundId }, 'voice channel effect');
    const details = { userId, emoji, soundId };
    store.actions.record({
      kind: 'voice_runtime',
      guildId,
      sessionId,
      fields: { event: 'voice_channel_effect', details },
    });
    return true;
  }
}
