import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markForErasure, muxCliPath, muxRecording, recordingLayout } from '@parley/mux';
import { systemClock } from '@parley/protocol';
import { buildWeb, webDist } from '@parley/web/server';
import { pino } from 'pino';
import type { ApiServices } from '../../../packages/bot/src/http/api/services.ts';
import { runExportWith } from '../../../packages/bot/src/recordings/exports/run-export.ts';
import { rebuildRows } from '../../../packages/bot/src/recordings/rebuild-rows.ts';
import type { Session } from '../../../packages/bot/src/session/session.ts';
import { voiceA } from '../../../packages/bot/src/testing/fake-discord.ts';
import { PagesRig } from '../../../packages/bot/src/testing/pages-rig.ts';
import { SessionRig } from '../../../packages/bot/src/testing/session-rig.ts';
import type { MadeRecording, RecordingPlan, Speaker } from './recordings.ts';
import { scriptedPeople } from './scripted-people.ts';
import { type KnownTranscript, scriptedTranscripts } from './scripted-transcripts.ts';

export const guildId = '100000000000000001';
export const guildName = 'The Round Table';

/** A site with its real server, pages and store; only Discord is on paper. */
export interface Site extends AsyncDisposable {
  readonly rig: PagesRig;
  readonly url: string;
  /** A live session of a recording that runs, on a clock of its own. */
  readonly sessions: SessionRig;
  /** What a recording is to be made of: `n` makes its id and its place. */
  plan(n: number, channelName: string, startTime: number, people: readonly Speaker[]): RecordingPlan;
  /** Lets the pages know a recording on disk. */
  add(made: MadeRecording, summary?: string): Promise<void>;
  /** Begins a recording that goes on, with these people in the channel. */
  /** What is known of transcripts, to be changed while a page looks on. */
  readonly transcripts: Map<string, KnownTranscript>;
  begin(present: readonly Speaker[]): Promise<{ readonly id: string; readonly session: Session }>;
}

/**
 * @param members everybody of the guild @param managerId who of them has Manage Server
 * @throws what the bundler says when the pages cannot be built
 */
export const openSite = async (members: readonly Speaker[], managerId: string): Promise<Site> => {
  await buildWeb();
  await using scope = new AsyncDisposableStack();
  // The pages of this moment: somebody may build others meanwhile.
  const dist = await mkdtemp(join(tmpdir(), 'parley-dist-'));
  scope.defer(() => rm(dist, { recursive: true, force: true }));
  await cp(webDist, dist, { recursive: true });
  const logger = pino({ level: 'silent' });
  const transcripts = new Map<string, KnownTranscript>();
  const names = new Map(members.map(({ userId, displayName }) => [userId, displayName]));
  const sessions = scope.use(await SessionRig.start());
  const people = scriptedPeople([{ guildId, name: guildName, members: names, managers: new Set([managerId]) }]);
  const eraser: ApiServices['eraser'] = {
    begin: async ({ userId, recordingSessionId = null }) => {
      const row = await rig.store.recordings.get(recordingSessionId ?? '');
      if (!row) return;
      await markForErasure(recordingLayout(row.folder), userId);
      const { session } = await muxRecording(row.folder);
      await rebuildRows(rig.store, { folder: row.folder, file: session, journal: null });
      await rig.store.erasures.forget({ userId, guildId, recordingSessionIds: [row.recordingSessionId] });
      await rig.store.flush();
    },
  };
  const rig: PagesRig = scope.use(
    await PagesRig.start({
      dist,
      trustProxy: ['127.0.0.1'],
      run: runExportWith({ cliPath: muxCliPath, logger, env: {} }),
      services: { people, eraser, registry: sessions.registry, transcripts: scriptedTranscripts(transcripts) },
    }),
  );
  rig.people.names.set(guildId, guildName);
  for (const { userId } of members) rig.people.put(guildId, userId, userId === managerId);
  const owned = scope.move();
  return {
    ...{ rig, sessions, transcripts, url: rig.url },
    plan: (n, channelName, startTime, speakers) => ({
      ...{ recordingsDir: rig.recordingsDir, guildId, channelName, startTime, people: speakers },
      id: `${guildId}-3000000000000000${String(n).padStart(2, '0')}-20261120T200000000Z`,
      sessionId: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    }),
    add: async ({ folder, file, spoken }, summary) => {
      await rebuildRows(rig.store, { folder, file, journal: null });
      await rig.store.flush();
      const { channelName, startTime, recordingSessionId } = file;
      const known = { channelName, startTime, guildId, names, spoken, summary: summary ?? null };
      transcripts.set(recordingSessionId, known);
    },
    begin: async (present) => {
      for (const person of present) sessions.discord.put(person.userId, voiceA, person);
      const outcome = await sessions.join(present[0]?.userId);
      if (outcome.kind !== 'joined') throw new Error(`the session does not begin: ${JSON.stringify(outcome)}`);
      const { session } = outcome;
      const id = session.recording.current?.recordingSessionId ?? '';
      const row = await sessions.services.store.recordings.get(id);
      if (!row) throw new Error('the recording that runs is not in the store');
      rig.store.recordings.started(row);
      for (const person of members) {
        rig.store.participants.seen({
          recordingSessionId: id,
          ...person,
          username: person.displayName,
          bot: false,
          at: systemClock.now(),
        });
      }
      await rig.store.flush();
      return { id, session };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};
