import { ProtocolError, type RosterEntry } from '@parley/protocol';
import type { GuildSettings } from '../config/guild-settings.ts';
import { consentTextVersion } from '../notify/index.ts';
import type { VoxprocClient } from '../vox/voxproc-client.ts';
import type { Announcer } from './announcer.ts';
import type { ConsentBook } from './consent-book.ts';
import type { VoicePerson } from './discord-port.ts';
import { Membership, rosterEntryOf } from './membership.ts';
import type { RecordingControl } from './recording-control.ts';
import type { SessionInfo, SessionServices } from './session-services.ts';

/** A person who leaves and comes back within this time never left, for the journal and for notices; milliseconds. */
export const membershipDedupeMs = 2500;

export interface SessionPeopleOptions {
  readonly services: SessionServices;
  readonly info: SessionInfo;
  readonly guildSettings: GuildSettings;
  readonly voxproc: VoxprocClient;
  readonly recording: RecordingControl;
  readonly announcer: Announcer;
  readonly consents: ConsentBook;
  /** Told whenever the number of humans in the channel may have changed. */
  readonly onHumans: (humans: number) => void;
}

/**
 * The people of a session: who is there, who may be recorded, and that voxproc, the journal and the people themselves know it. The
 * exclusions voxproc has confirmed are kept, so that each change is sent once and a respawned child is brought up to date.
 */
export class SessionPeople implements Disposable {
  readonly membership = new Membership();
  #options: SessionPeopleOptions;
  #excluded = new Set<string>();
  #noticed = new Set<string>();
  #leaving = new Map<string, Disposable>();

  constructor(options: SessionPeopleOptions) {
    this.#options = options;
  }

  /** Begins with the people of a channel just entered. */
  enter(people: readonly VoicePerson[]): void {
    this.membership.enter(people);
    this.#options.onHumans(this.membership.humans);
    for (const person of people) if (person.bot === null) this.#resolve(person.userId);
  }

  roster(): RosterEntry[] {
    return this.membership.present.map((person) => this.#entry(person, true));
  }

  /** Whom a child must not record from its first packet on. Remembered as sent. */
  excludedForJoin(): string[] {
    const here = this.membership.present.filter((person) => !this.#mayRecord(person)).map(({ userId }) => userId);
    this.#excluded = new Set([...this.#options.consents.optedOut, ...here]);
    return [...this.#excluded];
  }

  /** Writes into a recording that just began who is there, and that they were told. */
  noteAll(): void {
    this.#noticed.clear();
    for (const person of this.membership.present) this.#noteArrival(person, 'present');
  }

  /** A voice state of somebody: in the session's channel or not. */
  voiceState(person: VoicePerson, present: boolean): void {
    const change = this.membership.update(person, present);
    if (!change) return;
    const { userId } = change.person;
    this.#sendRoster(userId);
    if (change.kind === 'changed') return;
    if (change.kind === 'left') this.#left(change.person);
    else {
      this.#sync(userId);
      if (!this.#cameBack(userId)) {
        if (change.person.bot === null) this.#resolve(userId);
        else this.#arrived(change.person);
      }
    }
    this.#options.onHumans(this.membership.humans);
  }

  /**
   * Stops recording a person. Resolves only when no child writes anything of theirs any more: after voxproc's answer, or when none
   * is left. A child that does not answer is replaced by one that never records them.
   */
  async exclude(userId: string): Promise<void> {
    const { consents, recording } = this.#options;
    consents.decide(userId, 'opted_out');
    await this.#excludeNow(userId);
    this.#sendRoster(userId);
    recording.note({ type: 'consent', userId, state: 'opted_out', textVersion: consentTextVersion });
    await recording.current?.flush();
  }

  /** Records a person again from now on. @throws ProtocolError when voxproc refuses. */
  async include(userId: string): Promise<void> {
    const { consents, recording, voxproc } = this.#options;
    consents.decide(userId, 'opted_in');
    recording.note({ type: 'consent', userId, state: 'opted_in', textVersion: consentTextVersion });
    const person = this.membership.get(userId);
    if (person && !this.#mayRecord(person)) return;
    if ((await voxproc.settled()) === 'live' && this.#excluded.has(userId)) {
      await voxproc.request('recording.include', { userId });
      this.#excluded.delete(userId);
    }
    this.#sendRoster(userId);
  }

  /** After a respawn, or when the consents became readable: brings voxproc's exclusions in line with what people decided. */
  syncAll(): void {
    const known = new Set([...this.#options.consents.optedOut, ...this.#excluded]);
    for (const { userId } of this.membership.present) known.add(userId);
    for (const userId of known) this.#sync(userId);
  }

  /** Waits until nobody in the channel who must not be recorded is: to be done before a recording begins. */
  async settle(): Promise<void> {
    for (const person of this.membership.present) {
      if (!this.#mayRecord(person) && !this.#excluded.has(person.userId)) await this.#excludeNow(person.userId);
    }
  }

  /** People in the channel, by whether they are recorded. */
  get recorded(): { readonly yes: readonly string[]; readonly no: readonly string[] } {
    const humans = this.membership.present.filter(({ bot }) => bot !== true);
    return {
      yes: humans.filter((person) => this.#mayRecord(person)).map(({ userId }) => userId),
      no: humans.filter((person) => !this.#mayRecord(person)).map(({ userId }) => userId),
    };
  }

  [Symbol.dispose](): void {
    for (const timer of this.#leaving.values()) timer[Symbol.dispose]();
    this.#leaving.clear();
  }

  #left(person: VoicePerson): void {
    const { clock } = this.#options.services;
    const leftUs = clock.monotonicUs();
    this.#cameBack(person.userId);
    this.#leaving.set(
      person.userId,
      clock.setTimeout(() => {
        this.#leaving.delete(person.userId);
        this.#options.recording.note({ type: 'participant', event: 'left', ...named(person) }, leftUs);
      }, membershipDedupeMs),
    );
  }

  /** @returns whether the person had left only just now. */
  #cameBack(userId: string): boolean {
    this.#leaving.get(userId)?.[Symbol.dispose]();
    return this.#leaving.delete(userId);
  }

  #mayRecord(person: VoicePerson): boolean {
    return person.bot === true || this.#options.consents.mayRecord(person);
  }

  #entry(person: VoicePerson, present: boolean): RosterEntry {
    return rosterEntryOf(person, present, this.#mayRecord(person));
  }

  #sendRoster(userId: string): void {
    const person = this.membership.get(userId);
    if (person) this.#options.voxproc.rosterChanged(this.#entry(person, this.membership.isPresent(userId)));
  }

  /** Sends an exclusion or inclusion that voxproc has not confirmed yet. */
  #sync(userId: string): void {
    const { background, logger } = this.#options.services;
    const person = this.membership.get(userId);
    const may = person ? this.#mayRecord(person) : !this.#options.consents.optedOut.includes(userId);
    if (may === !this.#excluded.has(userId)) return;
    background.run(
      'consent',
      async () => {
        if (!may) await this.#excludeNow(userId);
        else if (this.#options.voxproc.isLive) {
          await this.#options.voxproc.request('recording.include', { userId });
          this.#excluded.delete(userId);
        }
        this.#sendRoster(userId);
        logger.info({ userId, recorded: may, sessionId: this.#options.info.sessionId }, 'consent applied');
      },
      { sessionId: this.#options.info.sessionId, userId },
    );
  }

  async #excludeNow(userId: string): Promise<void> {
    const { voxproc, services } = this.#options;
    while ((await voxproc.settled()) === 'live') {
      try {
        await voxproc.request('recording.exclude', { userId });
        this.#excluded.add(userId);
        return;
      } catch (error) {
        services.logger.error({ err: error, userId }, 'voxproc did not confirm that a person is not recorded');
        if (!(error instanceof ProtocolError && error.code === 'link_closed')) {
          await voxproc.replace('it did not confirm that a person is not recorded');
        }
      }
    }
  }

  #resolve(userId: string): void {
    const { services, info } = this.#options;
    services.background.run(
      'member',
      async () => {
        const person = await services.discord.resolvePerson(info.guildId, userId);
        if (!this.membership.isPresent(userId)) return;
        const unknownBefore = this.membership.get(userId)?.bot === null;
        this.membership.update(person, true);
        this.#sendRoster(userId);
        this.#sync(userId);
        if (unknownBefore) this.#arrived(person);
        this.#options.onHumans(this.membership.humans);
      },
      { guildId: info.guildId, userId },
    );
  }

  /** Somebody came while a recording runs: the journal, and for a human the notice, once per recording. */
  #arrived(person: VoicePerson): void {
    const { recording, announcer, guildSettings, services } = this.#options;
    if (!recording.current) return;
    const firstTime = !this.#noticed.has(person.userId);
    this.#noteArrival(person, 'joined');
    if (!firstTime || person.bot !== false) return;
    announcer.say({
      kind: 'late_joiner_notice',
      details: {
        userId: person.userId,
        prefix: services.settings.prefix,
        retentionDays: guildSettings.retentionDays,
        consentMode: guildSettings.consentMode,
        recorded: this.#mayRecord(person),
      },
    });
  }

  #noteArrival(person: VoicePerson, event: 'present' | 'joined'): void {
    const { recording, services, consents } = this.#options;
    const run = recording.current;
    if (!run) return;
    recording.note({ type: 'participant', event, ...named(person) });
    services.store.participants.seen({
      recordingSessionId: run.recordingSessionId,
      ...named(person),
      at: services.clock.now(),
    });
    if (person.bot === true || this.#noticed.has(person.userId)) return;
    this.#noticed.add(person.userId);
    const state = !consents.isReadable ? 'unreadable' : this.#mayRecord(person) ? 'noticed' : 'opted_out';
    recording.note({ type: 'consent', userId: person.userId, state, textVersion: consentTextVersion });
  }
}

const named = ({ userId, username, displayName, bot }: VoicePerson) => ({ userId, username, displayName, bot });
