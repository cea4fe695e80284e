import type { RosterEntry } from '@parley/protocol';
import type { VoicePerson } from '../discord-port.ts';

/** What changed by a voice state: presence, or how a present person is. */
export interface MembershipChange {
  readonly kind: 'joined' | 'left' | 'changed';
  readonly person: VoicePerson;
}

interface Seen {
  person: VoicePerson;
  present: boolean;
}

/**
 * Who is in the session's channel, and who was. Pure bookkeeping: fed with voice states, it answers what changed. This bot
 * is never in it.
 */
export class Membership {
  #seen = new Map<string, Seen>();
  readonly #listeners = new Set<() => void>();

  /** People in the channel now. */
  get present(): readonly VoicePerson[] {
    return [...this.#seen.values()].filter(({ present }) => present).map(({ person }) => person);
  }

  /** Humans in the channel; somebody not known yet counts as one, so that nobody is left alone by mistake. */
  get humans(): number {
    return this.present.filter(({ bot }) => bot !== true).length;
  }

  get(userId: string): VoicePerson | null {
    return this.#seen.get(userId)?.person ?? null;
  }

  isPresent(userId: string): boolean {
    return this.#seen.get(userId)?.present ?? false;
  }

  /** Tells `listener` whenever somebody came, went or became known as human or bot. It must not throw. */
  follow(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Begins with these people, in a channel just entered. */
  enter(people: readonly VoicePerson[]): void {
    this.#seen = new Map(people.map((person) => [person.userId, { person, present: true }]));
    this.#tell();
  }

  /** A voice state: the person is in the session's channel or not. @returns what changed, null when nothing did. */
  update(person: VoicePerson, present: boolean): MembershipChange | null {
    const change = this.#update(person, present);
    if (change !== null) this.#tell();
    return change;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #update(person: VoicePerson, present: boolean): MembershipChange | null {
    const before = this.#seen.get(person.userId);
    const known = { ...person, bot: person.bot ?? before?.person.bot ?? null };
    if (!present) {
      if (!before?.present) return null;
      this.#seen.set(person.userId, { person: known, present: false });
      return { kind: 'left', person: known };
    }
    this.#seen.set(person.userId, { person: known, present: true });
    if (!before?.present) return { kind: 'joined', person: known };
    const same = looksSame(before.person, known);
    return same ? null : { kind: 'changed', person: known };
  }
}

const looksSame = (a: VoicePerson, b: VoicePerson): boolean =>
  a.muted === b.muted &&
  a.displayName === b.displayName &&
  a.username === b.username &&
  a.bot === b.bot &&
  a.roleIds.length === b.roleIds.length &&
  a.roleIds.every((roleId) => b.roleIds.includes(roleId));

/** A person as voxproc is told. */
export const rosterEntryOf = (person: VoicePerson, present: boolean, mayRecord: boolean): RosterEntry => ({
  userId: person.userId,
  username: person.username,
  displayName: person.displayName,
  bot: person.bot,
  muted: person.muted,
  optedOut: !mayRecord,
  present,
});
