import type { SessionFile } from '@parley/mux';

const dayMs = 24 * 3_600_000;
const gigabyte = 1e9;
/** What is kept of a guild that has removed the bot goes after this long, milliseconds. */
export const departedKeepMs = 7 * dayMs;
/** A recording that runs writes its journal every few seconds; after this long without a line it does not, milliseconds. */
const abandonedAfterMs = dayMs;

/** A recording as retention sees it. */
export interface RetentionCandidate {
  readonly recordingSessionId: string;
  readonly folder: string;
  readonly guildId: string;
  /** null: `session.json` is missing or cannot be read. */
  readonly session: Pick<SessionFile, 'status' | 'endTime' | 'startTime'> | null;
  /** Whether it is being recorded, or mixed, or is to be, by the Parley that asks. */
  readonly isInUse: boolean;
  /** When anything was last written to a recording that is said to run, epoch milliseconds; null for all others. */
  readonly writtenAt: number | null;
  /** What its folder takes; 0 where that was not measured, since no rule asks for it. */
  readonly bytes: number;
}

export interface RetentionRules {
  /** 0: no limit. */
  readonly retentionDays: number;
  /** Of all recordings of the guild together, in units of 10^9 bytes; 0: no limit. */
  readonly retentionGigabytes: number;
}

export interface RetentionFacts {
  readonly candidates: readonly RetentionCandidate[];
  readonly rulesOf: (guildId: string) => RetentionRules;
  /** Guilds that have removed the bot, and since when (epoch milliseconds). */
  readonly departed: ReadonlyMap<string, number>;
  readonly now: number;
}

export type DeletionReason = 'expired' | 'over_size' | 'guild_gone';

export interface PlannedDeletion extends RetentionCandidate {
  readonly reason: DeletionReason;
}

/** When a recording began, as its name says, epoch milliseconds; Infinity when it does not. */
const startOfName = (recordingSessionId: string): number => {
  const match = /-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(recordingSessionId);
  if (match === null) return Number.POSITIVE_INFINITY;
  const [, year, month, day, hour, minute, second, ms] = match;
  const start = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return Number.isNaN(start) ? Number.POSITIVE_INFINITY : start;
};

const endOf = ({ session, recordingSessionId, writtenAt }: RetentionCandidate): number =>
  session === null ? startOfName(recordingSessionId) : (session.endTime ?? writtenAt ?? session.startTime);

/**
 * `recording` also says one that a killed Parley left: the next start ends it. One that nothing was written to for so long runs nowhere,
 * and whatever is to end it has failed to.
 */
const isAtWork = ({ session, isInUse, writtenAt }: RetentionCandidate, now: number): boolean =>
  isInUse || (session?.status === 'recording' && !(writtenAt !== null && now - writtenAt > abandonedAfterMs));

/** Neither mixed nor likely to be: its `session.json` cannot be read, nobody could end it, or the mix was given up. */
const isStuck = ({ session }: RetentionCandidate): boolean =>
  session === null || session.status === 'muxing' || session.status === 'recording';

/** Whether a recording has been kept long enough; never with `retentionDays` 0. */
const isExpired = (candidate: RetentionCandidate, { retentionDays }: RetentionRules, now: number): boolean =>
  retentionDays > 0 && now - endOf(candidate) > retentionDays * dayMs;

/**
 * Which recordings are to be deleted, and why, oldest first; never one that is being recorded or mixed. What people were told of its
 * time holds for a recording too whose `session.json` cannot be read, from the start in its name on, for one whose mix was given up, and
 * for one that nobody could end, from what was last written on; none of them goes only because there is too much. Pure.
 */
export const planRetention = ({ candidates, rulesOf, departed, now }: RetentionFacts): PlannedDeletion[] => {
  const planned: PlannedDeletion[] = [];
  for (const [guildId, ofGuild] of Map.groupBy(candidates, (one) => one.guildId)) {
    const since = departed.get(guildId);
    const rules = rulesOf(guildId);
    const finished = ofGuild.filter((one) => !isAtWork(one, now)).toSorted((a, b) => endOf(a) - endOf(b));
    let bytes = ofGuild.reduce((sum, one) => sum + one.bytes, 0);
    for (const candidate of finished) {
      const reason = ((): DeletionReason | null => {
        if (since !== undefined && now - since > departedKeepMs) return 'guild_gone';
        if (isExpired(candidate, rules, now)) return 'expired';
        if (isStuck(candidate)) return null;
        return rules.retentionGigabytes > 0 && bytes > rules.retentionGigabytes * gigabyte ? 'over_size' : null;
      })();
      if (reason === null) continue;
      bytes -= candidate.bytes;
      planned.push({ ...candidate, reason });
    }
  }
  return planned.toSorted((a, b) => endOf(a) - endOf(b));
};
