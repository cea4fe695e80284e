import type { GuildSettings } from '../config/guild-settings.ts';
import type { Logger } from '../log.ts';
import { mayBeRecorded } from '../policy/recording-consent.ts';
import type { Store } from '../store/store.ts';

type Rules = Pick<GuildSettings, 'consentMode' | 'consentRoleIds'>;
type Decision = 'opted_out' | 'opted_in';

/**
 * Who may be recorded in a guild. While the decisions cannot be read nobody may, except those who said yes since; what people decide
 * meanwhile counts at once, whether or not it could be stored yet.
 */
export class ConsentBook {
  #readable = false;
  #out = new Set<string>();
  #in = new Set<string>();
  #recent = new Map<string, Decision>();
  #rules: Rules;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  get isReadable(): boolean {
    return this.#readable;
  }

  /** People known to have said no; all of them are excluded from the first packet on. */
  get optedOut(): readonly string[] {
    return [...this.#out];
  }

  /** Reads the decisions; what was known before stays when they cannot be read. @returns whether they could be read. */
  async load(store: Pick<Store, 'consents'>, guildId: string, logger: Logger): Promise<boolean> {
    try {
      const [out, yes] = await Promise.all([store.consents.optedOut(guildId), store.consents.optedIn(guildId)]);
      this.#out = new Set(out);
      this.#in = new Set(yes);
      this.#readable = true;
      for (const [userId, decision] of this.#recent) this.decide(userId, decision);
      return true;
    } catch (error) {
      logger.error({ err: error, guildId }, 'consents cannot be read');
      return false;
    }
  }

  /** A decision just made. */
  decide(userId: string, decision: Decision): void {
    this.#recent.set(userId, decision);
    const [to, from] = decision === 'opted_out' ? [this.#out, this.#in] : [this.#in, this.#out];
    to.add(userId);
    from.delete(userId);
  }

  mayRecord({ userId, roleIds }: { readonly userId: string; readonly roleIds: readonly string[] }): boolean {
    const readable = this.#readable || this.#recent.has(userId);
    return mayBeRecorded(
      { id: userId, roleIds },
      this.#rules,
      readable ? { kind: 'known', optedOut: this.#out, optedIn: this.#in } : { kind: 'unreadable' },
    ).record;
  }
}
