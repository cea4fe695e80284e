import { consentTextVersion } from '../../notify/index.ts';
import { mayBeRecorded } from '../../policy/recording-consent.ts';
import type { ConsentKind, ConsentState } from '../../store/index.ts';
import { KeyedMutex } from '../join/guild-mutex.ts';
import type { SessionRegistry } from '../registry.ts';
import type { Session } from '../session.ts';
import type { SessionServices } from '../session-services.ts';

export type ConsentScope = 'guild' | 'everywhere';
/** What a person can agree to or refuse besides being recorded. */
export type ConsentUse = Exclude<ConsentKind, 'recorded'>;

export interface ConsentRequest {
  readonly guildId: string;
  readonly userId: string;
  readonly scope: ConsentScope;
}

/** Told of a no that stands, before it is confirmed; null: everywhere. Rejects where what follows from it could not be kept. */
export type OnNo = (
  who: { readonly userId: string; readonly guildId: string | null },
  use: ConsentKind,
) => Promise<void>;

/**
 * People's decisions about being recorded, each person's one after the other, so that the last one stands. A no takes effect first and
 * is stored second; a yes is stored first. What is returned may be confirmed to the person.
 */
export class ConsentService {
  #services: Pick<SessionServices, 'store' | 'clock' | 'logger'>;
  #registry: SessionRegistry;
  #onNo: OnNo;
  #mutex = new KeyedMutex();

  constructor(
    services: Pick<SessionServices, 'store' | 'clock' | 'logger'>,
    registry: SessionRegistry,
    onNo: OnNo = async () => undefined,
  ) {
    this.#services = services;
    this.#registry = registry;
    this.#onNo = onNo;
  }

  /**
   * From the resolution on nothing of the person is written any more.
   * @returns whether a session is live that this concerned.
   * @throws StoreError when the decision could not be kept; the sessions of now leave the person out all the same.
   */
  async optOut(request: ConsentRequest): Promise<{ live: boolean }> {
    return await this.#mutex.run(request.userId, async () => {
      const sessions = this.#concerned(request);
      await this.#exclude(sessions, request);
      try {
        await this.#keep(request, 'opted_out');
      } finally {
        // A join that began meanwhile may have read the decisions before this one was among them.
        const late = this.#concerned(request).filter((session) => !sessions.includes(session));
        await this.#exclude(late, request);
        sessions.push(...late);
      }
      return { live: sessions.length > 0 };
    });
  }

  /** @throws StoreError: then the person is not recorded. */
  async optIn(request: ConsentRequest): Promise<{ live: boolean }> {
    return await this.#mutex.run(request.userId, async () => {
      await this.#keep(request, 'opted_in');
      const sessions = this.#concerned(request);
      await Promise.all(sessions.map(({ people }) => people.include(request.userId)));
      return { live: sessions.length > 0 };
    });
  }

  /**
   * A decision about a use other than being recorded; whoever makes that use asks `allows`, and an agent that listens is told.
   * @throws StoreError when it could not be kept
   */
  async decideUse(request: ConsentRequest, kind: ConsentUse, state: ConsentState): Promise<void> {
    await this.#mutex.run(request.userId, async () => {
      const { userId } = request;
      const tell = (): void => {
        if (kind !== 'heard_by_ai') return;
        for (const { agent } of this.#concerned(request)) agent.client?.consentDecided(userId, state);
      };
      // A no holds before it is stored, a yes after.
      if (state === 'opted_out') tell();
      await this.#keep(request, state, kind);
      tell();
    });
  }

  /** Whether something of a person may be used in this way now, by the guild's mode; a no, and what cannot be read, count as no. */
  async allows(
    kind: ConsentKind,
    guildId: string,
    person: { readonly userId: string; readonly roleIds: readonly string[] },
  ): Promise<boolean> {
    const { store, logger } = this.#services;
    try {
      const [rules, optedOut, optedIn] = await Promise.all([
        store.guildSettings.get(guildId),
        store.consents.optedOut(guildId, kind),
        store.consents.optedIn(guildId, kind),
      ]);
      const { userId, roleIds } = person;
      return mayBeRecorded({ id: userId, roleIds }, rules, { kind: 'known', optedOut, optedIn }).record;
    } catch (error) {
      logger.error({ err: error, guildId, use: kind }, 'consents cannot be read');
      return false;
    }
  }

  async #exclude(sessions: readonly Session[], { userId }: ConsentRequest): Promise<void> {
    await Promise.all(sessions.map(({ people }) => people.exclude(userId)));
  }

  #concerned({ guildId, scope }: ConsentRequest): Session[] {
    return this.#registry.all.filter(({ info }) => scope === 'everywhere' || info.guildId === guildId);
  }

  async #keep(
    { guildId, userId, scope }: ConsentRequest,
    state: ConsentState,
    kind: ConsentKind = 'recorded',
  ): Promise<void> {
    const { store, clock, logger } = this.#services;
    await store.consents.set({
      userId,
      guildId: scope === 'everywhere' ? null : guildId,
      kind,
      state,
      at: clock.now(),
      textVersion: consentTextVersion,
    });
    if (state === 'opted_out') await this.#onNo({ userId, guildId: scope === 'everywhere' ? null : guildId }, kind);
    logger.info({ guildId, userId, use: kind, state, scope }, 'consent');
    store.actions.record({
      kind: 'consent',
      guildId,
      userId,
      fields: { use: kind, state, scope, textVersion: consentTextVersion },
    });
  }
}
