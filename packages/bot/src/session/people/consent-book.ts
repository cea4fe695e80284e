import type { GuildSettings } from '../../config/guild-settings.ts';
import type { Logger } from '../../log.ts';
import { mayBeRecorded } from '../../policy/recording-consent.ts';
import type { ConsentKind } from '../../store/rows.ts';
import type { Store } from '../../store/store.ts';

type Rules = Pick<GuildSettings, 'consentMode' | 'consentRoleIds'>;
type Person = { readonly userId: string; readonly roleIds: readonly string[] };
type Decision = 'opted_out' | 'opted_in';

/**
 * Who may be recorded in a guild, or heard by the AI there. While the decisions cannot be read nobody may, except those who said yes since; what people decide
 * meanwhile counts at once, whether or not it could be stored yet.
 */
export class ConsentBook {
  #readable = false;
  #out = new Set<string>();
  #in = new Set<string>();
  #recent = new Map<string, Decision>();
  #rules: Rules;
  /** Rules that count as well, until people have been told of them. */
  #announced: Rules | null = null;
  readonly #kind: ConsentKind;

  constructor(rules: Rules, kind: ConsentKind = 'recorded') {
    this.#rules = rules;
    this.#kind = kind;
  }

  /** The guild's rules changed: whom they forbid to record is not recorded from now on, whom they allow only after `allow`. */
  restrict(rules: Rules): void {
    this.#announced = rules;
  }

  /** People know of the rules that changed: they count alone. */
  allow(): void {
    this.#rules = this.#announced ?? this.#rules;
    this.#announced = null;
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
      const [out, yes] = await Promise.all([
        store.consents.optedOut(guildId, this.#kind),
        store.consents.optedIn(guildId, this.#kind),
      ]);
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

  mayRecord(person: Person): boolean {
    return this.#allows(this.#rules, person) && this.mayRecordOnceTold(person);
  }

  /** Whether the rules of now let somebody be recorded as soon as `allow` says that people know of them. */
  mayRecordOnceTold(person: Person): boolean {
    return this.#allows(this.#announced ?? this.#rules, person);
  }

  #allows(rules: Rules, { userId, roleIds }: Person): boolean {
    const readable = this.#readable || this.#recent.has(userId);
    return mayBeRecorded(
      { id: userId, roleIds },
      rules,
      readable ? { kind: 'known', optedOut: this.#out, optedIn: this.#in } : { kind: 'unreadable' },
    ).record;
  }
}
