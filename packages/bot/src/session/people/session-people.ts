import type { RosterEntry } from '@parley/protocol';
import { modelHost } from '../../agent/session/model-host.ts';
import type { GuildSettings } from '../../config/guild-settings.ts';
import { transcriberName } from '../../transcripts/service/job-of.ts';
import type { VoxprocClient } from '../../vox/voxproc-client.ts';
import type { Announcer } from '../announcer.ts';
import type { VoicePerson } from '../discord-port.ts';
import type { RecordingControl } from '../recording/recording-control.ts';
import type { SessionInfo, SessionServices } from '../session-services.ts';
import type { ConsentBook } from './consent-book.ts';
import { Exclusions } from './exclusions.ts';
import { MemberLookup } from './member-lookup.ts';
import { Membership, rosterEntryOf } from './membership.ts';
import { type NotedConsent, PeopleNotes } from './people-notes.ts';
import { watchRoles } from './role-watch.ts';

/** A person who leaves and comes back within this time never left, for the journal and for notices; milliseconds. */
export const membershipDedupeMs = 2500;

export interface SessionPeopleOptions {
  readonly services: SessionServices;
  readonly info: SessionInfo;
  /** As they are now: they change while a session lives. */
  readonly guildSettings: () => GuildSettings;
  readonly voxproc: VoxprocClient;
  readonly recording: RecordingControl;
  readonly announcer: Announcer;
  readonly consents: ConsentBook;
  /** Told whenever the number of humans in the channel may have changed. */
  readonly onHumans: (humans: number) => void;
  /** Told whenever somebody, or whether they may be recorded, may have changed. */
  readonly onChange: () => void;
}

/**
 * The people of a session: who is there, who may be recorded, and that voxproc, the journal and the people themselves know it.
 */
export class SessionPeople implements Disposable {
  readonly membership = new Membership();
  #options: SessionPeopleOptions;
  #exclusions: Exclusions;
  #notes: PeopleNotes;
  /** Whom the notice of the recording, or one of their own, has reached. */
  #told = new Set<string>();
  #leaving = new Map<string, Disposable>();
  #roles: Disposable | null = null;
  #lookup: MemberLookup;

  constructor(options: SessionPeopleOptions) {
    this.#options = options;
    const { services, voxproc, recording } = options;
    const { clock, logger } = services;
    this.#exclusions = new Exclusions({ voxproc, clock, logger, mayRecord: (userId) => this.#mayRecordId(userId) });
    this.#notes = new PeopleNotes({ services, recording, announcer: options.announcer });
    this.#lookup = new MemberLookup({
      ...{ clock, logger, guildId: options.info.guildId },
      ...{ discord: services.discord, background: services.background },
      isWanted: (userId) => this.membership.isPresent(userId) && this.membership.get(userId)?.bot === null,
      found: (person) => this.#found(person),
    });
  }

  /** Begins with the people of a channel just entered; who left another one on the way has left nothing here. */
  enter(people: readonly VoicePerson[]): void {
    this.#watchRoles();
    this.#forgetLeaving();
    this.membership.enter(people);
    this.#options.onChange();
    this.#options.onHumans(this.membership.humans);
    for (const person of people) if (person.bot === null) this.#lookup.ask(person.userId);
  }

  /** Catches up with voice states that were missed: these people are in the channel, and nobody else. */
  compare(people: readonly VoicePerson[]): void {
    const here = new Set(people.map(({ userId }) => userId));
    for (const person of this.membership.present) if (!here.has(person.userId)) this.voiceState(person, false);
    for (const person of people) this.voiceState(person, true);
  }

  /** Everybody present, as voxproc is about to be told. */
  roster(): RosterEntry[] {
    return this.membership.present.map((person) => this.#entry(person, true));
  }

  /** Whom a child must not record from its first packet on. Remembered as sent. */
  excludedForJoin(): string[] {
    const here = this.membership.present.filter((person) => !this.#mayRecord(person)).map(({ userId }) => userId);
    const excluded = new Set([...this.#options.consents.optedOut, ...here]);
    this.#exclusions.begin(excluded);
    return [...excluded];
  }

  /** A notice about the recording goes to these people, by default all who are present; who comes after them gets one of their own. */
  addressed(userIds: Iterable<string> = this.membership.present.map(({ userId }) => userId)): void {
    this.#told = new Set(userIds);
  }

  /** Writes into a recording that just began who is there, and tells those whom its notice did not reach. */
  noteAll(): void {
    for (const person of this.membership.present) {
      if (!this.#notes.hasArrived(person.userId)) this.#noteArrival(person, 'present');
      this.#tell(person);
    }
  }

  /** A voice state of somebody: in the session's channel or not. */
  voiceState(person: VoicePerson, present: boolean): void {
    const change = this.membership.update(person, present);
    if (!change) return;
    const { userId } = change.person;
    this.#sendRoster(userId);
    if (change.kind === 'left') this.#left(change.person);
    else this.#sync(userId);
    if (change.kind === 'joined') {
      if (!this.#cameBack(userId)) {
        if (change.person.bot === null) this.#lookup.ask(userId);
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
    this.#options.onChange();
    // From the wish on, so that the mixer leaves out what a child that hangs goes on writing.
    this.#notes.decided(userId, 'opted_out');
    await this.#exclusions.settle(userId);
    this.#sendRoster(userId);
    await recording.current?.flush();
  }

  /** Records a person again from now on, where the guild's rules allow it. */
  async include(userId: string): Promise<void> {
    this.#options.consents.decide(userId, 'opted_in');
    this.#options.onChange();
    this.#notes.decided(userId, 'opted_in');
    await this.#exclusions.settle(userId);
    this.#sendRoster(userId);
    this.#noteStanding(userId);
  }

  /** After a respawn, or when the consents became readable: brings voxproc's exclusions in line with what people decided. */
  syncAll(): void {
    const known = new Set([...this.#options.consents.optedOut, ...this.#exclusions.userIds]);
    for (const { userId } of this.membership.present) known.add(userId);
    for (const userId of known) this.#sync(userId);
  }

  /** The guild's rules about whom to record changed: voxproc and the journal follow. */
  rulesChanged(): void {
    this.#watchRoles();
    this.#options.onChange();
    if (this.#roles) this.#options.services.background.run('roles', () => this.#lookAtRoles());
    this.syncAll();
  }

  /** Waits until nobody in the channel who must not be recorded is: to be done before a recording begins. */
  async settle(): Promise<void> {
    await Promise.all(this.membership.present.map(({ userId }) => this.#exclusions.settle(userId)));
  }

  /** People in the channel, by whether they are recorded. */
  get recorded(): { readonly yes: readonly string[]; readonly no: readonly string[] } {
    const humans = this.membership.present.filter(({ bot }) => bot !== true);
    return {
      yes: humans.filter((person) => this.#mayRecord(person)).map(({ userId }) => userId),
      no: humans.filter((person) => !this.#mayRecord(person)).map(({ userId }) => userId),
    };
  }

  /** People in the channel who are not recorded, once everybody has been told of rules that changed. */
  get notRecordedOnceTold(): readonly string[] {
    const { consents } = this.#options;
    return this.membership.present
      .filter((person) => person.bot !== true && !consents.mayRecordOnceTold(person))
      .map(({ userId }) => userId);
  }

  [Symbol.dispose](): void {
    this.#roles?.[Symbol.dispose]();
    this.#lookup[Symbol.dispose]();
    this.#forgetLeaving();
  }

  #forgetLeaving(): void {
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
        // Another recording may run by now, in which they never were.
        if (this.#notes.hasArrived(person.userId)) this.#notes.left(person, leftUs);
      }, membershipDedupeMs),
    );
  }

  /** Roles are looked up while one counts as consent. */
  #watchRoles(): void {
    const { guildSettings, services } = this.#options;
    if (guildSettings().consentMode === 'role') this.#roles ??= watchRoles(services, () => this.#lookAtRoles());
    else {
      this.#roles?.[Symbol.dispose]();
      this.#roles = null;
    }
  }

  /** @returns whether the person had left only just now. */
  #cameBack(userId: string): boolean {
    this.#leaving.get(userId)?.[Symbol.dispose]();
    return this.#leaving.delete(userId);
  }

  #mayRecord(person: VoicePerson): boolean {
    return person.bot === true || this.#options.consents.mayRecord(person);
  }

  #mayRecordId(userId: string): boolean {
    const person = this.membership.get(userId);
    return person ? this.#mayRecord(person) : !this.#options.consents.optedOut.includes(userId);
  }

  /** A person as voxproc is told; it heeds `optedOut` at once, without an answer. */
  #entry(person: VoicePerson, present: boolean): RosterEntry {
    const entry = rosterEntryOf(person, present, this.#mayRecord(person));
    if (entry.optedOut) this.#exclusions.hinted(person.userId);
    return entry;
  }

  #sendRoster(userId: string): void {
    const person = this.membership.get(userId);
    this.#options.onChange();
    if (person) this.#options.voxproc.rosterChanged(this.#entry(person, this.membership.isPresent(userId)));
  }

  /** Has voxproc and the journal follow when it has changed whether a person may be recorded. */
  #sync(userId: string): void {
    const { services, info } = this.#options;
    const { background, logger } = services;
    if (this.#exclusions.isSettled(userId)) {
      this.#noteStanding(userId);
      return;
    }
    background.run(
      'consent',
      async () => {
        await this.#exclusions.settle(userId);
        this.#sendRoster(userId);
        this.#noteStanding(userId);
        logger.info(
          { userId, standing: this.#exclusions.standing(userId), sessionId: info.sessionId },
          'consent applied',
        );
      },
      { sessionId: info.sessionId, userId },
    );
  }

  /** What voxproc does with a person, for the journal; while that is not sure, whoever asked it notes it later. */
  #noteStanding(userId: string): void {
    const standing = this.#exclusions.standing(userId);
    if (standing === 'unsure') return;
    const state = standing === 'recorded' ? 'noticed' : this.#whyNot;
    this.#notes.stands(userId, state, this.#exclusions.sinceUs(userId));
  }

  get #whyNot(): NotedConsent {
    return this.#options.consents.isReadable ? 'opted_out' : 'unreadable';
  }

  /** Now it is known who somebody is. */
  #found(person: VoicePerson): void {
    const { userId } = person;
    this.membership.update(person, true);
    this.#sendRoster(userId);
    this.#sync(userId);
    this.#arrived(person);
    this.#options.onHumans(this.membership.humans);
  }

  async #lookAtRoles(): Promise<void> {
    const { services, info } = this.#options;
    for (const { userId, bot } of this.membership.present) {
      if (bot !== false) continue;
      try {
        const { roleIds } = await services.discord.resolvePerson(info.guildId, userId, { fresh: true });
        const person = this.membership.get(userId);
        if (person && this.membership.isPresent(userId)) this.voiceState({ ...person, roleIds }, true);
      } catch (error) {
        services.logger.warn({ err: error, guildId: info.guildId, userId }, 'the roles of a person cannot be read');
      }
    }
  }

  /** Somebody came while a recording runs. */
  #arrived(person: VoicePerson): void {
    if (!this.#options.recording.current) return;
    // Who was there from the beginning, and is only known by now, has not come.
    this.#noteArrival(person, this.#notes.hasArrived(person.userId) ? 'present' : 'joined');
    this.#tell(person);
  }

  #noteArrival(person: VoicePerson, event: 'present' | 'joined'): void {
    this.#notes.arrived(person, event, this.#mayRecord(person) ? 'noticed' : this.#whyNot);
  }

  /** A human gets a notice of their own, unless one has reached them. */
  #tell(person: VoicePerson): void {
    if (person.bot !== false || this.#told.has(person.userId)) return;
    this.#told.add(person.userId);
    const { announcer, services } = this.#options;
    const guildSettings = this.#options.guildSettings();
    announcer.say({
      kind: 'late_joiner_notice',
      details: {
        userId: person.userId,
        prefix: services.settings.prefix,
        retentionDays: guildSettings.retentionDays,
        retentionGigabytes: guildSettings.retentionGigabytes,
        consentMode: guildSettings.consentMode,
        transcribedBy: transcriberName(services.settings),
        heardBy: modelHost(guildSettings, services),
        recorded: this.#mayRecord(person),
      },
    });
  }
}
