import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { recordingFolder, recordingLayout } from '@parley/mux';
import type { UserMessage } from '../../../notify/index.ts';
import { alice, bob, guildA, musicBot, textA, voiceA } from '../../../testing/index.ts';
import { endsTold, journalOf } from '../../../testing/session-life.ts';
import { ToolsRig } from '../../testing/tools-rig.ts';

const carol = '400000000000000003';

test('who is here are the people in the channel as everybody sees them', async () => {
  await using the = await ToolsRig.live();
  the.rig.discord.put(musicBot, voiceA);
  const { result = '' } = await the.call('who_is_here', {}, []);
  assert.deepEqual(JSON.parse(result), {
    people: [
      { name: 'User 1', recorded: true },
      { name: 'User 2', recorded: true },
    ],
    more: 0,
  });
});

test('a note is a marker of who asked for it, and only while something is recorded', async () => {
  await using the = await ToolsRig.live();
  const session = the.rig.registry.of(guildA) ?? assert.fail();
  assert.match((await the.call('note', { text: 'the dice\n fall' })).result ?? '', /noted at \d+ s/);
  const folder = session.recording.current?.folder ?? '';
  assert.equal((await the.call('note', { text: 'x' }, [])).error, 'not_permitted', 'not of its own accord');
  assert.equal((await the.call('note', { text: 'x' }, [bob, carol])).error, 'not_permitted', 'two do not lend rights');
  assert.equal((await the.call('note', { text: ' ' })).error, 'arguments_invalid');
  const events: readonly UserMessage[] = session.announcer.recent.all.map(({ message }) => message);
  assert.ok(events.some(({ kind }) => kind === 'note_kept'));
  await the.rig.drive(the.rig.coordinator.shutdown(), 100);
  const markers = (await journalOf(folder)).filter(({ type }) => type === 'marker');
  assert.deepEqual(
    markers.map((line) => ('userId' in line && 'text' in line ? [line.userId, line.text] : null)),
    [[bob, 'the dice fall']],
  );
  assert.equal((await the.call('note', { text: 'x' })).error, 'unavailable', 'the session is over');
});

test('asked to leave, it leaves when it has finished speaking', async () => {
  let speaking = true;
  await using the = await ToolsRig.live({ agent: { state: () => ({ speaking }) } });
  assert.equal((await the.call('leave_channel', {}, [carol])).error, 'not_permitted');
  assert.equal((await the.call('leave_channel')).ok, true);
  await the.rig.clock.run(5000, 200);
  assert.ok(the.rig.registry.of(guildA)?.isLive);
  speaking = false;
  await the.rig.clock.run(400, 200);
  assert.ok(the.rig.registry.of(guildA)?.isLive, 'a pause between two sentences is no end');
  await the.rig.until('left', () => endsTold(the.rig).length === 1, 200);
  assert.deepEqual(endsTold(the.rig), ['requested']);
});

test('an agent that never stops speaking leaves all the same', async () => {
  await using the = await ToolsRig.live({ agent: { state: () => ({ speaking: true }) } });
  await the.call('leave_channel');
  await the.rig.clock.run(20_000, 200);
  await the.rig.until('left', () => endsTold(the.rig).length === 1, 200);
});

test('tools of a session that is over do nothing in the one after it', async () => {
  await using the = await ToolsRig.live();
  const { rig } = the;
  await rig.drive(rig.coordinator.leave(guildA, alice, 'text'));
  await rig.until('left', () => rig.registry.of(guildA) === null, 100);
  assert.equal((await rig.join()).kind, 'joined');
  assert.equal((await the.call('who_is_here')).error, 'unavailable');
  assert.equal((await the.call('note', { text: 'x' })).error, 'unavailable');
});

/** Three recordings with the word in them: all were in the first, Alice alone in the second, nobody who is here in the third. */
const withTranscripts = async (the: ToolsRig) => {
  const { store, settings } = the.rig.services;
  for (const [id, people] of [
    ['20260101T000000-first', [alice, bob]],
    ['20260101T000000-second', [alice]],
    ['20260101T000000-third', [carol]],
  ] as const) {
    store.recordings.started({
      ...{ recordingSessionId: id, sessionId: 's', guildId: guildA, channelId: voiceA, channelName: 'Table' },
      ...{
        textChannelId: textA,
        requestedByUserId: '400000000000000004',
        folder: '/nowhere',
        bootId: 'b',
        originUs: 0,
      },
      ...{ startTime: 1_700_000_000_000, endTime: 1_700_000_001_000, durationMs: 1000, status: 'completed' },
      ...{ outputFile: 'full.ogg', continues: null, voxprocs: 1, error: null },
    });
    for (const userId of people) {
      store.segments.closed({
        ...{ recordingSessionId: id, segmentId: `${userId}/0`, userId, startSample: 0, samples: 1 },
        ...{ packets: { received: 1, written: 1, lost: 0 }, bytes: 1, status: 'closed', closedBy: null },
      } as never);
      const names = { username: `user${userId.at(-1)}`, displayName: `User ${userId.at(-1)}`, bot: false, at: 1 };
      store.participants.seen({ recordingSessionId: id, userId, ...names });
    }
    const said = people.map((userId) => ({ userId, fromMs: 2000, toMs: 3000, text: `the castle of ${id}` }));
    await store.transcripts.replaced(id, said);
    const root = recordingFolder(settings.recordingsDir, id);
    await mkdir(root, { recursive: true });
    await writeFile(recordingLayout(root).transcript, JSON.stringify({ schema: 1, segments: [] }));
  }
};

test('a search tells only what everybody who hears the answer may see', async () => {
  await using the = await ToolsRig.live();
  await withTranscripts(the);
  const found = async (speakers: readonly string[]): Promise<string[]> => {
    const { result = '' } = await the.call('search_transcript', { words: 'where was the castle' }, speakers);
    if (!result.startsWith('[')) return [];
    return (JSON.parse(result) as { said: string; who: string }[]).map(({ who, said }) => `${who}: ${said.slice(-6)}`);
  };
  assert.deepEqual((await found([bob])).toSorted(), ['User 1: -first', 'User 2: -first']);
  assert.deepEqual((await found([alice])).toSorted(), ['User 1: -first', 'User 2: -first'], 'Bob listens too');
  the.rig.discord.put(bob, null);
  the.rig.registry.of(guildA)?.voiceState({ ...personGone(bob) }, null);
  assert.equal((await found([alice])).length, 4, 'alone, who manages the server may hear all of it');
  the.rig.discord.put(carol, voiceA);
  the.rig.registry.of(guildA)?.voiceState({ ...personGone(carol) }, voiceA);
  assert.deepEqual(await found([alice]), ['User 3: -third'], 'Carol was not in the others');
  the.rig.registry.of(guildA)?.voiceState({ ...personGone(bob) }, voiceA);
  assert.deepEqual(await found([alice]), [], 'nothing that Bob and Carol may both see');
});

test('words of somebody who does not want to be heard by an AI are not told to one', async () => {
  await using the = await ToolsRig.live();
  await withTranscripts(the);
  await the.rig.services.store.consents.set({
    userId: alice,
    guildId: guildA,
    kind: 'heard_by_ai',
    state: 'opted_out',
    at: 1,
    textVersion: 1,
  });
  const { result = '' } = await the.call('search_transcript', { words: 'castle' });
  assert.match(result, /User 2/);
  assert.doesNotMatch(result, /User 1/);
});

test('a search for nothing that is there says so', async () => {
  await using the = await ToolsRig.live();
  await withTranscripts(the);
  assert.match((await the.call('search_transcript', { words: 'submarine' })).result ?? '', /^Nothing was found/);
  assert.equal((await the.call('search_transcript', { words: 'x'.repeat(201) })).error, 'arguments_invalid');
});

const personGone = (userId: string) => ({
  ...{ userId, username: 'x', displayName: 'X', bot: false, muted: false, streaming: false, roleIds: [] },
});
