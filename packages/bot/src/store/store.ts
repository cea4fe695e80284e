import type { SegmentSidecar } from '@parley/mux';
import type { GuildSettings, GuildSettingsPatch } from '../config/guild-settings.ts';
import type { MemoryStore } from '../memory/memory-store.ts';
import type { Action, ActionKind } from './action.ts';
import type { FullText } from './full-text.ts';
import type {
  AgentLogRow,
  ApiTokenRow,
  ConsentKind,
  ConsentRow,
  DeliveryRow,
  ErasureRow,
  ForgetRequest,
  IndicatorRow,
  JobRow,
  JobState,
  ParticipantRow,
  RecordingPatch,
  RecordingRow,
  SessionPatch,
  SessionRow,
  SignInLinkRow,
  SignInRow,
  SpendingRow,
  SpokenRow,
  TranscriptHit,
  TranscriptQuery,
  TranscriptState,
  VisibleQuery,
} from './rows.ts';

/** The database bindings there are. */
export type SqliteDriverName = 'sqlite3' | 'node';

/** What has gone wrong on the write path since the start, and what waits. */
export interface StoreHealth {
  readonly pending: number;
  /** Rows given up: queue overflow, a damaged file, a row its table refuses. */
  readonly dropped: number;
  readonly failures: number;
  readonly lastError: { readonly code: string; readonly message: string; readonly at: number } | null;
}

/**
 * The database. Methods that return nothing are the hot path: the row is queued, written within 100 ms, and a failure is logged and
 * counted, never thrown. Methods that return a promise reject with `StoreError`. Reads see everything recorded before them.
 */
export interface Store extends AsyncDisposable {
  readonly driver: SqliteDriverName;
  readonly actions: {
    record(action: Action): void;
    /** Actions of a kind in a guild at or after `sinceMs` (epoch milliseconds). */
    countSince(guildId: string, kind: ActionKind, sinceMs: number): Promise<number>;
  };
  readonly sessions: {
    started(row: SessionRow): void;
    changed(sessionId: string, patch: SessionPatch): void;
    ended(sessionId: string, patch: { endedAt: number; endReason: string }): void;
    /** Sessions without an end: those a crash left behind, after a start. */
    live(): Promise<SessionRow[]>;
    get(sessionId: string): Promise<SessionRow | null>;
  };
  readonly recordings: {
    started(row: RecordingRow): void;
    updated(recordingSessionId: string, patch: RecordingPatch): void;
    /** Status `recording` or `muxing`, oldest first. */
    unfinished(): Promise<RecordingRow[]>;
    get(recordingSessionId: string): Promise<RecordingRow | null>;
    /** The latest of a guild, newest first. */
    recent(guildId: string, limit: number): Promise<RecordingRow[]>;
    /** Its files are gone: everything kept about it goes too. */
    forgotten(recordingSessionId: string): void;
    ofSession(sessionId: string): Promise<RecordingRow[]>;
    /** What somebody asked for or is heard in, and everything of certain guilds; newest first. */
    visible(query: VisibleQuery): Promise<RecordingRow[]>;
    /** Whether somebody asked for it or is heard in it. */
    concerns(recordingSessionId: string, userId: string): Promise<boolean>;
  };
  readonly participants: {
    seen(row: ParticipantRow): void;
    of(recordingSessionId: string): Promise<(ParticipantRow & { readonly firstAt: number })[]>;
  };
  readonly segments: {
    closed(sidecar: SegmentSidecar): void;
    count(recordingSessionId: string): Promise<number>;
  };
  readonly consents: {
    /** Resolves when the decision is on disk. */
    set(row: ConsentRow): Promise<void>;
    /** People whose latest decision about a kind of use (by default being recorded), here or everywhere, is no. */
    optedOut(guildId: string, kind?: ConsentKind): Promise<ReadonlySet<string>>;
    /** People whose latest decision, here or everywhere, is yes. */
    optedIn(guildId: string, kind?: ConsentKind): Promise<ReadonlySet<string>>;
    /** All decisions of a person, newest first. */
    of(userId: string): Promise<ConsentRow[]>;
  };
  readonly guildSettings: {
    get(guildId: string): Promise<GuildSettings>;
    /** Only what the guild has set for itself. */
    own(guildId: string): Promise<Partial<GuildSettings>>;
    /** Rejects with `SettingsError` when a value is out of range. */
    set(guildId: string, patch: GuildSettingsPatch): Promise<GuildSettings>;
    /** Calls `listener` after each change that is on disk, with what holds from then on. It must not throw. */
    onChange(listener: (guildId: string, settings: GuildSettings) => void): Disposable;
  };
  readonly jobs: {
    /** Queues a job, or queues it again; resolves when it is on disk. */
    put(kind: JobRow['kind'], recordingSessionId: string, notBefore?: number): Promise<void>;
    /** `attempt` counts one try more. */
    update(
      kind: JobRow['kind'],
      recordingSessionId: string,
      patch: { state: JobState; notBefore?: number; lastError?: string | null; attempt?: boolean },
    ): Promise<void>;
    get(kind: JobRow['kind'], recordingSessionId: string): Promise<JobRow | null>;
    /** Queued and running ones, oldest first. */
    open(kind: JobRow['kind']): Promise<JobRow[]>;
  };
  /** What was said in recordings. */
  readonly transcripts: {
    /** How words are found. */
    readonly fullText: FullText;
    /** Keeps what was said in a recording in the place of what was kept before; of one that is not known nothing is kept. */
    replaced(recordingSessionId: string, rows: readonly SpokenRow[]): Promise<void>;
    /** Recordings with a transcript, made or on its way, in which a person is heard; `guildId` null: in every guild. */
    speakingIn(scope: { readonly userId: string; readonly guildId: string | null }): Promise<string[]>;
    /** What a person said is found no more, in recordings that had begun by then (epoch milliseconds). null: in all of them. */
    withdrawn(scope: {
      readonly userId: string;
      readonly guildId: string | null;
      readonly sessionId: string | null;
      readonly recordingSessionId: string | null;
      readonly until: number;
    }): Promise<void>;
    /** Only in what the one who asks may see; the best match first. */
    search(query: TranscriptQuery): Promise<TranscriptHit[]>;
    /** How far the transcription of each of these is; those never asked for are missing. */
    states(recordingSessionIds: readonly string[]): Promise<ReadonlyMap<string, TranscriptState>>;
    /** Seconds of speech were paid for. */
    used(recordingSessionId: string, seconds: number): Promise<void>;
    /** Seconds paid for since then: of one recording, as long as there is one, or of all, at most two days back. */
    usedSince(sinceMs: number, recordingSessionId?: string | null): Promise<number>;
  };
  /** What is remembered of conversations with the agent. */
  readonly memory: MemoryStore;
  /** What the agent paid for. */
  readonly spending: {
    spent(row: SpendingRow): void;
    /** Everything from then on (epoch milliseconds), oldest first; what is older is deleted. */
    since(sinceMs: number): Promise<SpendingRow[]>;
  };
  /** What the agents decided, and how long their answers took. */
  readonly agentLog: {
    add(row: AgentLogRow): void;
    /** Oldest first; times are epoch milliseconds, both included. */
    between(sessionId: string, fromMs: number, toMs: number): Promise<AgentLogRow[]>;
    /** @returns the number of rows that were deleted */
    forgetBefore(beforeMs: number): Promise<number>;
  };
  readonly indicators: {
    /** Resolves when it is on disk: only then the indicator may be shown. */
    set(row: IndicatorRow): Promise<void>;
    clear(guildId: string, kind: IndicatorRow['kind']): Promise<void>;
    all(): Promise<IndicatorRow[]>;
  };
  readonly deliveries: {
    /**
     * Remembers a message that holds voices of a recording; resolves when that is on disk. `readAt`: when the file that was posted was
     * read (epoch milliseconds). @returns false when somebody was erased since: then the message must be deleted at once
     */
    posted(row: DeliveryRow, readAt: number): Promise<boolean>;
    /** Everything posted of a recording has to go. @returns how many messages */
    doom(recordingSessionId: string): Promise<number>;
    /** Messages that have to go and have not gone yet, oldest first. */
    doomed(): Promise<DeliveryRow[]>;
    withdrawn(channelId: string, messageId: string): Promise<void>;
    /** Messages that stand. */
    of(recordingSessionId: string): Promise<DeliveryRow[]>;
    /**
     * Recordings, deleted ones too, of which messages stand that were posted by then (epoch milliseconds) and hold a person's voice.
     * `guildId`: null for every guild
     */
    withVoice(request: {
      readonly userId: string;
      readonly guildId: string | null;
      readonly until: number;
    }): Promise<readonly string[]>;
    /** Whether a mix of this recording was posted and had to go. */
    wasTakenBack(recordingSessionId: string): Promise<boolean>;
  };
  /** The erasure log: who by a keyed hash, when, and how much. */
  readonly erasures: {
    /** Resolves with its number when the wish is on disk. */
    asked(
      wish: Omit<ErasureRow, 'id' | 'doneAt' | 'attempts' | 'recordings' | 'bytes' | 'messages' | 'rows' | 'lastError'>,
    ): Promise<number>;
    /** Those not done, oldest first. */
    open(): Promise<ErasureRow[]>;
    all(): Promise<ErasureRow[]>;
    /** A recording is about to be changed for it, or just was: what was read of it until now may hold the person. */
    touches(id: number, recordingSessionId: string): Promise<void>;
    /** `waiting`: it runs, the rest goes when it ends. */
    reached(id: number, recordingSessionId: string, state: 'waiting' | 'done'): Promise<void>;
    touched(id: number): Promise<ReadonlyMap<string, 'begun' | 'waiting' | 'done'>>;
    /** One try more. `bytes`, `messages` and `rows` are added to what the tries before did; `recordings` are all there are. */
    tried(
      id: number,
      result: {
        readonly recordings: number;
        readonly bytes: number;
        readonly messages: number;
        readonly rows: number;
        readonly error: string | null;
      },
    ): Promise<void>;
    /** Nothing is left: the person's id goes from the log too. */
    done(id: number): Promise<void>;
    /** Deletes the person's rows and takes their id out of others; decisions stay. @returns rows deleted or changed */
    forget(request: ForgetRequest): Promise<number>;
    /** Rewrites the database, so that nothing deleted is left in its files. Takes as much space again for the moment. */
    compact(): Promise<void>;
  };
  /** Guilds that have removed the bot. */
  readonly departures: {
    noted(guildId: string, at: number): Promise<void>;
    /** @returns whether the guild was among them */
    cancelled(guildId: string): Promise<boolean>;
    all(): Promise<{ readonly guildId: string; readonly since: number }[]>;
    /** Guilds of which anything is kept. */
    knownGuilds(): Promise<string[]>;
    /** Deletes every row of a guild but what its people have decided. @returns rows deleted */
    purge(guildId: string): Promise<number>;
  };
  /** Who is signed in on the pages. */
  readonly signIns: {
    /** A link for a person; their earlier ones stop working. */
    linkMade(row: SignInLinkRow): Promise<void>;
    /** Whom a link is for, and where it leads. null: there is none, or it had expired. */
    linkSeen(hash: string, now: number): Promise<{ readonly userId: string; readonly target: string } | null>;
    /** Uses a link up. null: there is none, or it had expired. Of two at once, one gets it. */
    linkUsed(hash: string, now: number): Promise<{ readonly userId: string; readonly target: string } | null>;
    begun(row: SignInRow): Promise<void>;
    get(hash: string, now: number): Promise<SignInRow | null>;
    prolonged(hash: string, expiresAt: number): Promise<void>;
    ended(hash: string): Promise<void>;
    /** Signs a person out everywhere, their link included. @returns how many sign-ins that ended */
    endedAll(userId: string): Promise<number>;
    /** @returns how many expired links and sign-ins are gone */
    sweep(now: number): Promise<number>;
  };
  /** Tokens with which programs read. */
  readonly apiTokens: {
    /** @returns false when there is one of this name */
    add(row: Omit<ApiTokenRow, 'lastUsedAt'>): Promise<boolean>;
    get(hash: string): Promise<ApiTokenRow | null>;
    all(): Promise<ApiTokenRow[]>;
    used(hash: string, at: number): void;
    /** @returns whether there was one of this name */
    removed(name: string): Promise<boolean>;
  };
  /** Small values of the installation, such as the hash of the registered commands. */
  readonly meta: {
    get(key: string): Promise<string | null>;
    set(key: string, value: string): Promise<void>;
  };
  health(): StoreHealth;
  /** Writes what is queued now. Never rejects: what cannot be written is logged and counted. */
  flush(): Promise<void>;
}
