import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { Background } from '../../vox/background.ts';
import type { DiscordPort, VoicePerson } from '../discord-port.ts';

/** A look-up that failed is tried again after 2 s, then after twice as long each time, up to a minute; milliseconds. */
export const lookupDelays = { firstMs: 2000, mostMs: 60_000 } as const;

export interface MemberLookupOptions {
  readonly guildId: string;
  readonly discord: Pick<DiscordPort, 'resolvePerson'>;
  readonly clock: Clock;
  readonly background: Background;
  readonly logger: Logger;
  /** Whether it still matters who this is. */
  readonly isWanted: (userId: string) => boolean;
  readonly found: (person: VoicePerson) => void;
}

/** Finds out who people are whose member Discord has not told; a Discord that does not answer is asked again. Disposing ends it. */
export class MemberLookup implements Disposable {
  #options: MemberLookupOptions;
  #retries = new Map<string, Disposable>();
  #over = false;

  constructor(options: MemberLookupOptions) {
    this.#options = options;
  }

  /** Looks a person up, unless that is to be tried again soon anyway. */
  ask(userId: string, delayMs: number = lookupDelays.firstMs): void {
    const { background, discord, guildId, found, isWanted, logger } = this.#options;
    if (this.#over || this.#retries.has(userId)) return;
    background.run('member', async () => {
      try {
        const person = await discord.resolvePerson(guildId, userId);
        if (!this.#over && isWanted(userId)) found(person);
      } catch (error) {
        logger.warn({ err: error, guildId, userId, againInMs: delayMs }, 'it cannot be known who somebody is');
        this.#retry(userId, delayMs);
      }
    });
  }

  #retry(userId: string, delayMs: number): void {
    const { clock, isWanted } = this.#options;
    if (this.#over || this.#retries.has(userId) || !isWanted(userId)) return;
    const again = () => {
      this.#retries.delete(userId);
      if (isWanted(userId)) this.ask(userId, Math.min(delayMs * 2, lookupDelays.mostMs));
    };
    this.#retries.set(userId, clock.setTimeout(again, delayMs));
  }

  [Symbol.dispose](): void {
    this.#over = true;
    for (const timer of this.#retries.values()) timer[Symbol.dispose]();
    this.#retries.clear();
  }
}
