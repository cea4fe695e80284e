import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordingFolder } from '@parley/mux';
import { pino } from 'pino';
import { parseSettings } from '../../config/index.ts';
import type { MessageDetails, MessageKind } from '../../notify/index.ts';
import type { ConsentKind, RecordingRow } from '../../store/index.ts';
import { openTestStore, tempFolder } from '../../store/testing/temp-store.ts';
import { alice, bob, FakeDiscord, guildA, guildB, voiceA } from '../../testing/fake-discord.ts';
import type { TranscriptionAsked } from '../../transcripts/service/transcription-service.ts';
import { ask } from './ask.ts';
import type { Command, CommandServices } from './command.ts';
import { search } from './search.ts';
import { transcribe } from './transcribe.ts';

const carol = '400000000000000003';
const nobody = '400000000000000007';
const castle = `${guildA}-${voiceA}-20270115T080000001Z`;
const river = `${guildA}-${voiceA}-20270116T080000001Z`;
const elsewhere = `${guildB}-${voiceA}-20270117T080000001Z`;

const recording = (id: string, requestedByUserId: string, startTime: number): RecordingRow => ({
  ...{ recordingSessionId: id, sessionId: 's', guildId: id.slice(0, guildA.length), channelId: voiceA },
  ...{ channelName: 'Table', textChannelId: null, requestedByUserId, folder: '/nowhere', bootId: 'b', originUs: 0 },
  ...{ startTime, endTime: null, durationMs: null, status: 'completed', outputFile: null, continues: null },
  ...{ voxprocs: 1, error: null },
});

/** Alice asked for the castle, Bob for the river and one elsewhere; Bob is heard in the castle too. Carol manages. */
const openRig = async (brain: ((data: string) => string) | null = () => 'It stands on the hill [1].') => {
  await using scope = new AsyncDisposableStack();
  const folder = scope.use(await tempFolder());
  const store = scope.use(await openTestStore(folder.path));
  const recordingsDir = join(folder.path, 'recordings');
  const settings = parseSettings({ recordingsDir, publicUrl: 'https://parley.example' });
  const discord = new FakeDiscord();
  discord.managers.clear();
  discord.managers.add(carol);
  const said = { fromMs: 61_000, toMs: 62_000 };
  for (const [id, by, at, rows] of [
    [
      castle,
      alice,
      1,
      [
        { ...said, userId: alice, text: 'the castle on the hill' },
        { ...said, userId: bob, text: 'what castle' },
      ],
    ],
    [river, bob, 2, [{ ...said, userId: bob, text: 'a river behind the castle' }]],
    [elsewhere, bob, 3, [{ ...said, userId: bob, text: 'a castle elsewhere' }]],
  ] as const) {
    store.recordings.started(recording(id, by, at));
    await store.transcripts.replaced(id, rows);
    const root = recordingFolder(recordingsDir, id);
    await mkdir(root, { recursive: true });
    const segments = rows.map(({ userId, text }) => ({ userId, startSample: 0, endSample: 48_000, text }));
    await writeFile(join(root, 'transcript.json'), JSON.stringify({ schema: 1, segments }));
  }
  store.segments.closed({
    ...{ recordingSessionId: castle, segmentId: `${bob}/000000000000-0`, userId: bob, startSample: 0, samples: 1 },
    ...{ packets: { received: 1, written: 1, lost: 0 }, bytes: 1, status: 'closed', closedBy: null },
  } as never);
  const asked: string[] = [];
  const told: string[] = [];
  const outcome: { now: TranscriptionAsked } = { now: 'queued' };
  const services = {
    ...{ store, settings, discord, logger: pino({ level: 'silent' }) },
    transcription: {
      ask: async (id: string) => {
        asked.push(id);
        return outcome.now;
      },
    },
    brain: brain && {
      ask: async ({ data }: { readonly data: string }) => {
        told.push(data);
        return brain(data);
      },
    },
  } as unknown as CommandServices;
  const owned = scope.move();
  return {
    ...{ store, discord, settings, asked, told, outcome, services },
    says: async <K extends MessageKind>(command: Command, userId: string, line: string, kind: K) => {
      const prepared = command.prepare({ kind: 'text', text: line });
      if (prepared.kind === 'wrong') assert.fail(prepared.problem.code);
      const invocation = { via: 'text', guildId: guildA, textChannelId: voiceA, userId, intentConfidence: 1 } as const;
      const result = await prepared.run(invocation, services);
      assert.ok(result && 'kind' in result && result.kind === kind, JSON.stringify(result));
      return result.details as MessageDetails[K];
    },
    no: async (userId: string, kind: ConsentKind) =>
      await store.consents.set({ userId, guildId: guildA, kind, state: 'opted_out', at: 1, textVersion: 1 }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

const seen: [who: string, userId: string, recordings: string[]][] = [
  ['who asked for one recording', alice, [castle]],
  ['who is heard in one and asked for another', bob, [castle, river]],
  ['who manages the server', carol, [castle, river]],
  ['somebody who was in none', nobody, []],
];
for (const [who, userId, recordings] of seen) {
  test(`${who} finds words in what they may see in this server, and a model gets no other`, async () => {
    await using rig = await openRig(() => 'Nothing.');
    const { hits } = await rig.says(search, userId, 'castle', 'search_results');
    const of = (found: readonly { recordingSessionId: string }[]) =>
      [...new Set(found.map(({ recordingSessionId }) => recordingSessionId))].toSorted();
    assert.deepEqual(of(hits), recordings);
    if (recordings.length === 0) {
      assert.equal((await rig.says(ask, userId, 'where is the castle', 'ask_refused')).reason, 'nothing_found');
      assert.deepEqual(rig.told, []);
      return;
    }
    await rig.says(ask, userId, 'where is the castle', 'ask_answer');
    assert.equal(rig.told.length, 1);
    assert.equal(rig.told[0]?.includes('river'), recordings.includes(river));
    assert.doesNotMatch(rig.told[0] ?? '', /elsewhere/);
  });
}

test('a hit leads to its place on the page, and more hits than fit are said to be there', async () => {
  await using rig = await openRig();
  const rows = Array.from({ length: 9 }, (_, n) => ({ userId: bob, fromMs: n * 1000, toMs: n * 1000, text: 'again' }));
  await rig.store.transcripts.replaced(river, rows);
  const { hits, more, q } = await rig.says(search, bob, 'again', 'search_results');
  assert.deepEqual([hits.length, more, q], [8, true, 'again']);
  assert.equal(hits[3]?.link, `https://parley.example/s/${river}?t=3`);
  assert.equal(hits[0]?.excerpt, '‹again›');
});

test('an answer cites the passages it rests on, with their places', async () => {
  await using rig = await openRig(
    (data) => `On the hill [${/the castle on the hill/.test(data) ? 1 : 2}], surely [9].`,
  );
  const { text, citations } = await rig.says(ask, alice, 'where is the castle on the hill', 'ask_answer');
  assert.equal(text, 'On the hill [1], surely.');
  assert.deepEqual(
    citations.map(({ n, recordingSessionId, atMs, link }) => [n, recordingSessionId, atMs, link]),
    [[1, castle, 61_000, `https://parley.example/s/${castle}?t=61`]],
  );
});

const withheld: [what: string, change: (rig: Awaited<ReturnType<typeof openRig>>) => Promise<unknown>][] = [
  ['who does not want to be heard by an AI', ({ no }) => no(bob, 'heard_by_ai')],
  ['who does not want to be transcribed', ({ no }) => no(bob, 'transcribed')],
  ['who does not want to be recorded', ({ no }) => no(bob, 'recorded')],
  [
    'of whom there is no yes, where one is wanted',
    async ({ store }) => {
      await store.guildSettings.set(guildA, { consentMode: 'opt_in' });
      for (const kind of ['heard_by_ai', 'transcribed'] as const) {
        await store.consents.set({ userId: alice, guildId: guildA, kind, state: 'opted_in', at: 1, textVersion: 1 });
      }
    },
  ],
  [
    'whose roles cannot be known, where one is wanted',
    async ({ store, discord }) => {
      await store.guildSettings.set(guildA, { consentMode: 'role', consentRoleIds: ['700000000000000001'] });
      const resolve = discord.resolvePerson.bind(discord);
      discord.resolvePerson = async (guildId, userId) => {
        if (userId === bob) throw new Error('Discord does not answer');
        return { ...(await resolve(guildId, userId)), roleIds: ['700000000000000001'] };
      };
    },
  ],
];
for (const [who, change] of withheld) {
  test(`a text model gets no word of somebody ${who}`, async () => {
    await using rig = await openRig();
    await change(rig);
    await rig.says(ask, carol, 'where is the castle', 'ask_answer');
    assert.match(rig.told[0] ?? '', /the castle on the hill/);
    assert.doesNotMatch(rig.told[0] ?? '', /what castle|river/);
  });
}

test('a text model gets nothing of a recording whose transcript cannot be read any more', async () => {
  await using rig = await openRig();
  await rm(recordingFolder(rig.settings.recordingsDir, river), { recursive: true });
  await rig.says(ask, bob, 'where is the castle', 'ask_answer');
  assert.doesNotMatch(rig.told[0] ?? '', /river/);
});

test('without a text model, or when it does not answer, that is said', async () => {
  {
    await using rig = await openRig(null);
    assert.equal((await rig.says(ask, alice, 'where is the castle', 'ask_refused')).reason, 'no_model');
  }
  await using rig = await openRig(() => {
    throw new Error('it is down');
  });
  assert.equal((await rig.says(ask, alice, 'where is the castle', 'ask_refused')).reason, 'failed');
});

const transcribed: [what: string, userId: string, line: string, outcome: string, asked: string[]][] = [
  ['the newest one may see', bob, '', 'queued', [river]],
  ['the newest of one’s own', alice, '', 'queued', [castle]],
  ['one that is named', alice, castle, 'queued', [castle]],
  ['one of the server, for who manages it', carol, castle, 'queued', [castle]],
  ['one of somebody else', alice, river, 'not_permitted', []],
  ['one of another server', bob, elsewhere, 'no_recording', []],
  ['none', nobody, '', 'no_recording', []],
];
for (const [what, userId, line, wanted, asked] of transcribed) {
  test(`a transcript is asked for of ${what}: ${wanted}`, async () => {
    await using rig = await openRig();
    assert.equal((await rig.says(transcribe, userId, line, 'transcription_asked')).outcome, wanted);
    assert.deepEqual(rig.asked, asked);
  });
}

test('what the transcriber answers is said, and ids are suggested of what one may see', async () => {
  await using rig = await openRig();
  for (const outcome of ['already_queued', 'not_configured', 'not_ready'] as const) {
    rig.outcome.now = outcome;
    assert.equal((await rig.says(transcribe, alice, castle, 'transcription_asked')).outcome, outcome);
  }
  const suggest = transcribe.suggest.recording ?? assert.fail('nothing is suggested');
  assert.deepEqual(await suggest({ typed: '', guildId: guildA, userId: alice }, rig.services), [castle]);
  assert.deepEqual(await suggest({ typed: '', guildId: guildA, userId: bob }, rig.services), [river, castle]);
});
