import { consentTextVersion } from '../../notify/index.ts';
import type { RecordingRun } from '../../recordings/recording-run.ts';
import type { Announcer } from '../announcer.ts';
import type { VoicePerson } from '../discord-port.ts';
import type { RecordingControl } from '../recording/recording-control.ts';
import type { SessionServices } from '../session-services.ts';

/** `noticed` and `opted_in`: recorded from here on; the others: not (the mixer leaves out what lies between). */
export type NotedConsent = 'noticed' | 'opted_in' | 'opted_out' | 'unreadable';

export interface PeopleNotesOptions {
  readonly services: Pick<SessionServices, 'clock' | 'store'>;
  readonly recording: Pick<RecordingControl, 'current' | 'note'>;
  readonly announcer: Pick<Announcer, 'happened' | 'changed'>;
}

/**
 * What the journal of the running recording says of people: who came and went, and of each since when they are recorded or not. Each
 * recording is begun with an empty page; while none runs nothing is noted.
 */
export class PeopleNotes {
  #options: PeopleNotesOptions;
  #run: RecordingRun | null = null;
  #arrived = new Set<string>();
  #consents = new Map<string, NotedConsent>();

  constructor(options: PeopleNotesOptions) {
    this.#options = options;
  }

  hasArrived(userId: string): boolean {
    return this.#isOpen && this.#arrived.has(userId);
  }

  /** Somebody is there; of a human also whether they are recorded, once per recording. */
  arrived(person: VoicePerson, event: 'present' | 'joined', consent: NotedConsent): void {
    if (!this.#isOpen || !this.#run) return;
    const { recording, services, announcer } = this.#options;
    const { userId } = person;
    if (event === 'joined') announcer.happened({ kind: 'person_came', details: { userId } });
    this.#arrived.add(userId);
    recording.note({ type: 'participant', event, ...named(person) });
    services.store.participants.seen({
      recordingSessionId: this.#run.recordingSessionId,
      ...named(person),
      at: services.clock.now(),
    });
    if (person.bot !== true && !this.#consents.has(userId)) this.#note(userId, consent);
  }

  left(person: VoicePerson, atUs: number): void {
    this.#options.announcer.happened({ kind: 'person_went', details: { userId: person.userId } });
    this.#options.recording.note({ type: 'participant', event: 'left', ...named(person) }, atUs);
  }

  /** A person decided, at this moment. */
  decided(userId: string, consent: 'opted_in' | 'opted_out'): void {
    if (this.#isOpen) this.#note(userId, consent);
    this.#options.announcer.changed();
  }

  /** What voxproc does with a person since then (µs of CLOCK_MONOTONIC); written where the journal says otherwise. */
  stands(userId: string, consent: NotedConsent, sinceUs: number): void {
    if (!this.#isOpen) return;
    const noted = this.#consents.get(userId);
    if (noted === undefined || noted === consent) return;
    if (noted === 'opted_in' && consent === 'noticed') return;
    this.#note(userId, consent, sinceUs);
  }

  /** Whether a recording runs; turns the page when it is another one. */
  get #isOpen(): boolean {
    const { current } = this.#options.recording;
    if (current !== this.#run) {
      this.#run = current;
      this.#arrived.clear();
      this.#consents.clear();
    }
    return current !== null;
  }

  #note(userId: string, state: NotedConsent, atUs?: number): void {
    this.#consents.set(userId, state);
    this.#options.recording.note({ type: 'consent', userId, state, textVersion: consentTextVersion }, atUs);
  }
}

const named = ({ userId, username, displayName, bot }: VoicePerson) => ({ userId, username, displayName, bot });
