import type { Clock } from '@parley/protocol';
import type { Announcer } from './announcer.ts';

/** What a moderator may have done to the bot in a channel. */
export interface OwnVoiceState {
  readonly deaf: boolean;
  readonly mute: boolean;
}

/** Says what a moderator does to the bot: each change once, and how long it could not hear. Parley never undoes it. */
export class ModeratorWatch {
  #clock: Clock;
  #announcer: Announcer;
  #deafenedAtUs: number | null = null;
  #muted = false;
  readonly #onMute: (muted: boolean) => void;

  /** @param onMute told when it may speak no more, or again */
  constructor(clock: Clock, announcer: Announcer, onMute: (muted: boolean) => void) {
    this.#clock = clock;
    this.#announcer = announcer;
    this.#onMute = onMute;
  }

  /** Whether it hears nothing since a moderator decided so. */
  get isDeafened(): boolean {
    return this.#deafenedAtUs !== null;
  }

  update({ deaf, mute }: OwnVoiceState): void {
    const nowUs = this.#clock.monotonicUs();
    if (deaf && this.#deafenedAtUs === null) {
      this.#deafenedAtUs = nowUs;
      this.#announcer.say({ kind: 'server_deafened', details: {} });
    } else if (!deaf && this.#deafenedAtUs !== null) {
      const gapMs = (nowUs - this.#deafenedAtUs) / 1000;
      this.#deafenedAtUs = null;
      this.#announcer.say({ kind: 'server_undeafened', details: { gapMs } });
    }
    if (mute && !this.#muted) this.#announcer.say({ kind: 'server_muted', details: {} });
    if (mute !== this.#muted) this.#onMute(mute);
    this.#muted = mute;
  }
}
