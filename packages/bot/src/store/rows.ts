import type { RecordingStatus } from '@parley/mux';

/** One stay of the bot. Times are epoch milliseconds. */
export interface SessionRow {
  readonly sessionId: string;
  readonly guildId: string;
  readonly channelId: string;
  /** Where the session's messages go. */
  readonly textChannelId: string | null;
  readonly requestedByUserId: string;
  readonly mode: string;
  readonly bootId: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly endReason: string | null;
}

/** What may change in a session's row. */
export type SessionPatch = Partial<Pick<SessionRow, 'channelId' | 'textChannelId' | 'endedAt' | 'endReason'>>;

/** One recording, as the database knows it; the folder and its journals are the truth. */
export interface RecordingRow {
  readonly recordingSessionId: string;
  readonly sessionId: string;
  readonly guildId: string;
  readonly channelId: string;
  readonly channelName: string;
  readonly textChannelId: string | null;
  readonly requestedByUserId: string;
  /** Absolute path. */
  readonly folder: string;
  readonly bootId: string;
  /** CLOCK_MONOTONIC at sample 0, microseconds. */
  readonly originUs: number;
  readonly startTime: number;
  readonly endTime: number | null;
  readonly durationMs: number | null;
  readonly status: RecordingStatus;
  readonly outputFile: string | null;
  readonly continues: string | null;
  /** How many voxprocs have served it. */
  readonly voxprocs: number;
  readonly error: string | null;
}

export type RecordingPatch = Partial<
  Pick<
    RecordingRow,
    'status' | 'endTime' | 'durationMs' | 'outputFile' | 'voxprocs' | 'error' | 'textChannelId' | 'channelName'
  >
>;

/** A person seen in a recording. `bot: null` while it is not known. */
export interface ParticipantRow {
  readonly recordingSessionId: string;
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly bot: boolean | null;
  /** Epoch milliseconds; the first and the last sighting are kept. */
  readonly at: number;
}

/** Somebody who is signed in on the pages. `hash`: SHA-256 of the cookie's secret, hexadecimal. */
export interface SignInRow {
  readonly hash: string;
  readonly userId: string;
  /** Goes back with everything that changes something. */
  readonly csrf: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** A link that signs one person in, once. */
export interface SignInLinkRow {
  readonly hash: string;
  readonly userId: string;
  /** Path of the page it leads to. */
  readonly target: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** A token with which a program reads what a guild recorded. */
export interface ApiTokenRow {
  readonly hash: string;
  readonly name: string;
  readonly guildId: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

/** Which recordings somebody may see, and where a page of them begins. */
export interface VisibleQuery {
  /** null: a program, which sees its guilds and nothing of its own. */
  readonly userId: string | null;
  /** Guilds of which everything may be seen. */
  readonly wholeGuilds: readonly string[];
  readonly guildId: string | null;
  /** The last row of the page before. */
  readonly before: { readonly startTime: number; readonly recordingSessionId: string } | null;
  readonly limit: number;
}

/** Something the agent paid for; `userId`: on whose behalf, null when on nobody's, or somebody's who is forgotten. */
export interface SpendingRow {
  readonly at: number;
  readonly guildId: string;
  readonly sessionId: string;
  readonly userId: string | null;
  readonly role: string;
  readonly model: string;
  /** US dollars. */
  readonly usd: number;
}

/** Something said in a recording; times are milliseconds of the recording. */
export interface SpokenRow {
  readonly userId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly text: string;
}

/** Words somebody looks for in the transcripts they may see. */
export interface TranscriptQuery extends Pick<VisibleQuery, 'userId' | 'wholeGuilds' | 'guildId'> {
  /** As typed: words, phrases in quotation marks. */
  readonly q: string;
  /** `all`: every word has to be in it; `any`: the more the better. */
  readonly match: 'all' | 'any';
  /** null: all. */
  readonly recordingSessionId: string | null;
  /** Hits left out before the first. */
  readonly offset: number;
  readonly limit: number;
}

/** Where words were found. */
export interface TranscriptHit extends SpokenRow {
  readonly recordingSessionId: string;
  readonly guildId: string;
  readonly channelId: string;
  readonly channelName: string;
  /** Of the recording, epoch milliseconds. */
  readonly startTime: number;
  /** As it was then; empty where it is not known. */
  readonly displayName: string;
  /** Words around the match, which stands between ‹ and ›. */
  readonly excerpt: string;
}

/** How far the transcription of a recording is; one without a state was never asked for. */
export type TranscriptState = JobState;

/** The separate things a person can agree to or refuse. */
export type ConsentKind = 'recorded' | 'heard_by_ai' | 'transcribed' | 'remembered';
export type ConsentState = 'opted_out' | 'opted_in';

/** One decision of a person. `guildId: null` = everywhere. */
export interface ConsentRow {
  readonly userId: string;
  readonly guildId: string | null;
  readonly kind: ConsentKind;
  readonly state: ConsentState;
  readonly at: number;
  /** Version of the words the person saw. */
  readonly textVersion: number;
}

export type JobState = 'queued' | 'running' | 'done' | 'failed';

/** Work that outlives a process. One job of a kind per recording. */
export interface JobRow {
  readonly kind: 'mux' | 'deliver' | 'transcribe' | 'withdraw' | 'webhook';
  readonly recordingSessionId: string;
  readonly state: JobState;
  readonly attempts: number;
  /** Not to be tried before, epoch milliseconds. */
  readonly notBefore: number;
  readonly lastError: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What was shown to say that a guild is being recorded, and what stood there before: restored at every ending, a crash included. */
export interface IndicatorRow {
  readonly guildId: string;
  readonly kind: 'nickname' | 'voice_status';
  /** The channel whose status was set; null for the nickname. */
  readonly channelId: string | null;
  /** What stood there before; null = nothing. */
  readonly previous: string | null;
  /** What Parley put there: it is only undone while it still stands. */
  readonly shown: string;
  readonly at: number;
}

/** A message of Parley's that holds voices of a recording, and can be taken back. */
export interface DeliveryRow {
  readonly channelId: string;
  readonly messageId: string;
  readonly recordingSessionId: string;
  readonly kind: 'mix' | 'clip' | 'export';
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A wish that a person be erased, and what became of it. */
export interface ErasureRow {
  readonly id: number;
  /** Keyed hash of the person's id: all that stays of them here. */
  readonly person: string;
  /** Until it is done; null afterwards. */
  readonly userId: string | null;
  /** null: everywhere. */
  readonly guildId: string | null;
  /** Only what was recorded in this session so far; null: in every session. */
  readonly sessionId: string | null;
  /** Only this recording; null: every one. */
  readonly recordingSessionId: string | null;
  readonly askedBy: 'self' | 'manager';
  /** Epoch milliseconds; recordings that began later are not touched. */
  readonly askedAt: number;
  /** Version of the words the person saw. */
  readonly textVersion: number;
  readonly doneAt: number | null;
  readonly attempts: number;
  readonly recordings: number;
  readonly bytes: number;
  readonly messages: number;
  readonly rows: number;
  /** Why the last try did not finish; null: it did, or waits for a recording to end. */
  readonly lastError: string | null;
}

export interface ForgetRequest {
  readonly userId: string;
  /** null: everywhere. */
  readonly guildId: string | null;
  /** Only in these recordings; null: everything that is kept. */
  readonly recordingSessionIds: readonly string[] | null;
}

/** One thing an agent decided or did. */
export interface AgentLogRow {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly guildId: string;
  readonly sessionId: string;
  readonly userId: string | null;
  readonly kind: string;
  /** As JSON. */
  readonly data: unknown;
}
