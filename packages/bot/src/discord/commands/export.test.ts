import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseTimeText, recordingFolder } from '@parley/mux';
import { parseSettings } from '../../config/index.ts';
import type { UserMessage } from '../../notify/index.ts';
import type { ExportJob } from '../../recordings/exports/export-job.ts';
import { openTestStore, tempFolder } from '../../store/testing/temp-store.ts';
import { alice, bob, FakeDiscord, guildA, textA, voiceA } from '../../testing/fake-discord.ts';
import { clip } from './clip.ts';
import { answerOf, type Command, type CommandServices } from './command.ts';
import { exportCommand } from './export.ts';

const cleo = '400000000000000003';
const otherText = '300000000000000009';

const openRig = async () => {
  const folder = await tempFolder();
  const store = await openTestStore(folder.path);
  const discord = new FakeDiscord();
  discord.managers.clear();
  const recordingsDir = join(folder.path, 'recordings');
  const jobs: ExportJob[] = [];
  let isFull = false;
  let running: { recordingSessionId: string; folder: string } | null = null;
  const settings = parseSettings({ recordingsDir });
  /** What the commands use of everything there is. */
  const services = {
    ...{ settings, store, discord },
    coordinator: { registry: { of: () => (running === null ? null : { recording: { current: running } }) } },
    exports: {
      request: (job: ExportJob) => {
        if (isFull) return { accepted: false };
        jobs.push(job);
        return { accepted: true, ahead: jobs.length - 1 };
      },
    },
  } as unknown as CommandServices;
  const give = async (
    command: Command,
    userId: string,
    text: string,
    textChannelId = textA,
  ): Promise<UserMessage | null> => {
    const prepared = command.prepare({ kind: 'text', text });
    if (prepared.kind === 'wrong') {
      return { kind: 'wrong_arguments', details: { problem: prepared.problem, prefix: '!', name: '', usage: '' } };
    }
    const call = { via: 'text', guildId: guildA, textChannelId, userId, intentConfidence: 1 } as const;
    return answerOf(await prepared.run(call, services))?.message ?? null;
  };
  return {
    ...{ jobs, discord, give, services },
    fill: () => {
      isFull = true;
    },
    /** A recording Alice asked for, in which Bob was heard. */
    record: async (minute: number, { live = false, textChannelId = textA, onDisk = true } = {}): Promise<string> => {
      const startTime = Date.UTC(2027, 0, 15, 8, minute);
      const time = new Date(startTime).toISOString().replaceAll(/[-:.]/g, '');
      const recordingSessionId = `${guildA}-${voiceA}-${time}`;
      const path = recordingFolder(recordingsDir, recordingSessionId);
      if (onDisk) await mkdir(join(path, 'segments', bob), { recursive: true });
      store.recordings.started({
        ...{ recordingSessionId, sessionId: 's', guildId: guildA, channelId: voiceA, channelName: 'Table' },
        ...{ textChannelId, requestedByUserId: alice, folder: path, bootId: 'b', originUs: 0, startTime },
        ...{ endTime: null, durationMs: null, outputFile: null, continues: null, voxprocs: 1, error: null },
        status: live ? 'recording' : 'completed',
      });
      if (live) running = { recordingSessionId, folder: path };
      return recordingSessionId;
    },
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
};

const reasonOf = (message: UserMessage | null): string =>
  message?.kind === 'export_refused' ? message.details.reason : (message?.kind ?? 'nothing');

test('whoever asked it in, was recorded in it, or manages the server may export; nobody else', async () => {
  await using rig = await openRig();
  assert.equal(reasonOf(await rig.give(exportCommand, alice, '')), 'no_recording');
  await rig.record(0);
  assert.equal(reasonOf(await rig.give(exportCommand, alice, '')), 'export_started');
  assert.equal(reasonOf(await rig.give(exportCommand, bob, '')), 'export_started');
  assert.equal(reasonOf(await rig.give(exportCommand, cleo, '')), 'not_permitted');
  rig.discord.managers.add(cleo);
  assert.equal(reasonOf(await rig.give(exportCommand, cleo, '')), 'export_started');
  assert.deepEqual(
    rig.jobs.map(({ format, from, to, requestedByUserId }) => [format, from, to, requestedByUserId]),
    [alice, bob, cleo].map((userId) => ['flac', null, null, userId]),
  );
});

test('the running recording comes first, then the last one of the channel, then the last one; or the one that is named', async () => {
  await using rig = await openRig();
  const [first] = [await rig.record(0), await rig.record(1, { textChannelId: otherText })];
  const chosen = async (text = '', channel = textA): Promise<string | undefined> => {
    await rig.give(exportCommand, alice, text, channel);
    return rig.jobs.at(-1)?.recordingSessionId;
  };
  const last = await rig.record(2, { textChannelId: otherText });
  assert.equal(await chosen(), first, 'of the channel');
  assert.equal(await chosen('', '300000000000000007'), last, 'of the server');
  assert.equal(await chosen(`mp3 ${last}`), last, 'named');
  const live = await rig.record(3, { live: true, textChannelId: otherText });
  assert.equal(await chosen(), live, 'running');
  assert.equal(
    reasonOf(await rig.give(exportCommand, alice, `recording=${guildA}-${voiceA}-20990101T000000000Z`)),
    'no_recording',
  );
});

test('format and times are read as they are typed, in order or by name', async () => {
  await using rig = await openRig();
  await rig.record(0);
  for (const [text, wanted] of [
    ['mp3 1:00 2:30', ['mp3', '1:00', '2:30', false]],
    ['WAV', ['wav', null, null, false]],
    ['0:10', ['flac', '0:10', null, false]],
    ['to=1:02:03.5 labels cut-pauses', ['labels', null, '1:02:03.5', true]],
  ] as const) {
    assert.equal(reasonOf(await rig.give(exportCommand, alice, text)), 'export_started', text);
    const job = rig.jobs.at(-1);
    assert.deepEqual([job?.format, job?.from, job?.to, job?.cutPauses], wanted, text);
  }
  for (const text of ['avi', 'from=--out', 'from=1:60', 'from=soon', 'recording=../../etc']) {
    assert.equal(reasonOf(await rig.give(exportCommand, alice, text)), 'wrong_arguments', text);
  }
  for (const text of ['flac 2:00 1:00', 'from=10 to=10', 'to=0']) {
    assert.equal(reasonOf(await rig.give(exportCommand, alice, text)), 'backwards', text);
  }
});

test('every time the command takes is one the exporter reads', () => {
  const { from } = exportCommand.options;
  assert.ok(from?.kind === 'word' && from.form);
  const { pattern } = from.form;
  for (const text of ['0', '90', '90.5', '1:30', '01:30', '100:00', '1:02:03,25', '9999:59:59']) {
    assert.match(text, pattern);
    assert.notEqual(parseTimeText(text), null, text);
  }
  for (const text of ['-1', '1:60', '1:2:60', '1:60:00', '1:', ':1', '1e3', '--to']) assert.doesNotMatch(text, pattern);
});

test('a queue that is full and files that are gone are said', async () => {
  await using rig = await openRig();
  await rig.record(0, { onDisk: false });
  assert.equal(reasonOf(await rig.give(exportCommand, alice, '')), 'files_gone');
  await rig.record(1);
  rig.fill();
  assert.equal(reasonOf(await rig.give(exportCommand, alice, '')), 'queue_full');
});

test('what is completed while typing is what the person may export', async () => {
  await using rig = await openRig();
  const mine = await rig.record(0);
  await rig.record(1, { onDisk: false });
  const typing = (userId: string) => ({ typed: '', guildId: guildA, userId });
  const suggest = exportCommand.suggest.recording;
  assert.ok(suggest);
  assert.deepEqual(await suggest(typing(bob), rig.services), [mine]);
  assert.deepEqual(await suggest(typing(cleo), rig.services), []);
});

test('a clip is of the running recording, 60 s unless said, ogg unless said', async () => {
  await using rig = await openRig();
  await rig.record(0);
  assert.equal(reasonOf(await rig.give(clip, alice, '')), 'not_recording');
  const live = await rig.record(1, { live: true });
  assert.equal(await rig.give(clip, alice, ''), null, 'the clip is the answer');
  assert.equal(reasonOf(await rig.give(clip, alice, '300 mp3')), 'export_started');
  assert.deepEqual(
    rig.jobs.map(({ kind, recordingSessionId, format, lastSeconds }) => [
      kind,
      recordingSessionId,
      format,
      lastSeconds,
    ]),
    [
      ['clip', live, 'mix-ogg', 60],
      ['clip', live, 'mp3', 300],
    ],
  );
  for (const text of ['0', '301', '-5', 'long']) {
    assert.equal(reasonOf(await rig.give(clip, alice, text)), 'wrong_arguments', text);
  }
  assert.equal(clip.may, 'in_session');
});
