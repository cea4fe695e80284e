import type { GuildSettings } from '../config/guild-settings.ts';
import type { Logger } from '../log.ts';
import type { Store } from '../store/store.ts';

type Decisions =
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'known'; readonly out: Set<string>; readonly in: Set<string> };

type Rules = Pick<GuildSettings, 'consentMode' | 'consentRoleIds'>;

/**
 * Who may be recorded in a guild. While the decisions cannot be read nobody may, except those who said yes since; what people decide
 * meanwhile counts at once, whether or not it could be stored yet.
 */
export class ConsentBook {
  #decisions: Decisions = { kind: 'unreadable' };
  #recent = new Map<string, 'opted_out' | 'opted_in'>();
  #rules: Rules;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  get isReadable(): boolean {
    return this.#decisions.kind === 'known';
  }

  /** People known to have said no; all of them are excluded from the first packet on. */
  get optedOut(): readonly string[] {
    const out = new Set(this.#decisions.kind === 'known' ? this.#decisions.out : []);
    for (const [userId, state] of this.#recent) {
      if (state === 'opted_out') out.add(userId);
      else out.delete(userId);
    }
    return [...out];
  }

  /** Reads the decisions. @returns whether they could be read. */
  async load(store: Pick<Store, 'consents'>, guildId: string, logger: Logger): Promise<boolean> {
    try {
      const [out, yes] = await Promise.all([store.consents.optedOut(guildId), store.consents.optedIn(guildId)]);
      this.#decisions = { kind: 'known', out: new Set(out), in: new Set(yes) };
      return true;
    } catch (error) {
      logger.error({ err: error, guildId }, 'consents cannot be read; nobody is recorded');
      return false;
    }
  }

  /** A decision just made. */
  decide(userId: string, state: 'opted_out' | 'opted_in'): void {
    this.#recent.set(userId, state);
  }

  /** Takes back a decision that could not be kept. */
  undecide(userId: string): void {
    this.#recent.delete(userId);
  }

  mayRecord(person: { readonly userId: string; readonly roleIds: readonly string[] }): boolean {
    const recent = this.#recent.get(person.userId);
    if (recent === 'opted_out') return false;
    if (this.#decisions.kind === 'unreadable') return recent === 'opted_in';
    const { out, in: yes } = this.#decisions;
    if (recent === undefined && out.has(person.userId)) return false;
    switch (this.#rules.consentMode) {
      case 'notice':
        return true;
      case 'opt_in':
        return recent === 'opted_in' || yes.has(person.userId);
      case 'role':
        return person.roleIds.some((role) => this.#rules.consentRoleIds.includes(role));
    }
  }
}
