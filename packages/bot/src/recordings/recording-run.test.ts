import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { guildA, voiceA } from '../testing/fake-discord.ts';
import { readJournalFacts } from './read-journal.ts';
import { RecordingRun } from './recording-run.ts';
import { readSessionFile } from './session-files.ts';

const rig = async () => {
  const path = await mkdtemp(join(tmpdir(), 'parley-run-'));
  const clock = new FakeClock();
  const options = {
    recordingsDir: path,
    bootId: 'boot-1',
    silenceMs: 1000,
    durable: false,
    minFreeBytes: 0,
    clock,
    logger: pino({ level: 'silent' }),
  };
  const recording = {
    sessionId: '00000000-0000-4000-8000-000000000001',
    guildId: guildA,
    channelId: voiceA,
    channelName: 'Table',
    requestedByUserId: '400000000000000001',
  };
  return { clock, options, recording, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};

test('a recording has its folder, its journal and its session file before it begins, for its owner alone', async () => {
  await using the = await rig();
  await using run = await RecordingRun.start(the.options, the.recording);
  assert.equal((await stat(run.folder)).mode & 0o777, 0o700);
  assert.equal((await stat(recordingLayout(run.folder).sessionFile)).mode & 0o777, 0o600);
  assert.equal((await readSessionFile(run.folder))?.status, 'recording');
  const facts = await readJournalFacts(run.folder);
  assert.equal(facts?.started.originUs, run.originUs);
  assert.equal(facts?.started.bootId, 'boot-1');
});

test('two recordings of one channel in the same millisecond differ by one', async () => {
  await using the = await rig();
  await using first = await RecordingRun.start(the.options, the.recording);
  await using second = await RecordingRun.start(the.options, the.recording);
  assert.equal(second.identity.startTime - first.identity.startTime, 1);
  assert.notEqual(second.recordingSessionId, first.recordingSessionId);
});

test('its clock is the monotonic one: setting the wall clock does not move a sample', async () => {
  await using the = await rig();
  await using run = await RecordingRun.start(the.options, the.recording);
  the.clock.advance(2500);
  assert.equal(run.nowSample(), 120_000);
  assert.equal(run.sampleAt(run.originUs + 1e6), 48_000);
  assert.equal(run.sampleAt(run.originUs - 1e6), 0);
});

test('the end is in the journal and the session file says muxing, also when asked for twice', async () => {
  await using the = await rig();
  const run = await RecordingRun.start(the.options, the.recording);
  await Promise.all([run.finish('requested', 96_000), run.finish('alone', 1)]);
  const file = await readSessionFile(run.folder);
  assert.deepEqual([file?.status, file?.durationMs, file?.endTime], ['muxing', 2000, run.identity.startTime + 2000]);
  assert.equal((await readJournalFacts(run.folder))?.ended, true);
  assert.equal(the.clock.timers, 0);
});

test('a resumed recording goes on with its clock and the next voxproc number', async () => {
  await using the = await rig();
  const run = await RecordingRun.start(the.options, the.recording);
  await run[Symbol.asyncDispose]();
  const file = await readSessionFile(run.folder);
  assert.ok(file);
  the.clock.advance(60_000);
  await using again = await RecordingRun.resume(the.options, {
    file,
    originUs: run.originUs,
    voxprocs: 1,
    humans: new Set(),
  });
  assert.equal(again.nowSample(), 60 * 48_000);
  assert.equal(again.spec().voxprocNumber, 1);
  assert.equal(again.spec().recordingSessionId, run.recordingSessionId);
});
